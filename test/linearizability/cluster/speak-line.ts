import { LineClient } from "../../harness/line-client.ts";
import {
  type Answer,
  nameOfValue,
  errorAnswer,
  paddedValue,
  type Request,
  type Speech,
} from "./request.ts";

/** The line protocol: it knows no conditions, and tells of no revisions. */
export const lineSpeech: Speech<LineClient> = {
  name: "line",
  connect: (port) => LineClient.connect(port),
  send: (client, requests) => client.sendLines(...requests.map((request) => lineOf(request))),
  async receive(client, request) {
    const first = await client.read();
    if (first.startsWith("ERROR ")) return errorAnswer(first, request.action);
    if (first === "NOT FOUND" || first === "UNKNOWN COMMAND") return odd(request, first);
    if (request.action.type !== "get") {
      return first === "OK" ? { outcome: { type: "applied" } } : odd(request, first);
    }
    const second = await client.read();
    if (second !== "OK") return odd(request, `${first}, ${second}`);
    const value = first === "" ? undefined : nameOfValue(first);
    return { outcome: { type: "read", value } };
  },
};

function lineOf({ target: { bucket, key }, action }: Request): string {
  switch (action.type) {
    case "get":
      return `GET ${bucket} ${key}`;
    case "put":
      return `PUT ${bucket} ${key} ${paddedValue(action.value)}`;
    case "delete":
      return `DELETE ${bucket} ${key}`;
    case "put-if-absent":
    case "put-if-value":
      throw new TypeError(`There is no ${action.type} on a line`);
    default:
      throw new Error("No such action");
  }
}

function odd(request: Request, reply: string): Answer {
  return { outcome: { type: "unknown" }, oddity: `${lineOf(request)}: ${reply}` };
}
