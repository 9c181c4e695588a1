import { encodeRequest, RespClient } from "../../redis/wire/resp-client.ts";
import { itemsOf, type RespValue, showReply } from "../../redis/wire/resp-value.ts";
import {
  type Answer,
  nameOfValue,
  errorAnswer,
  paddedValue,
  type Request,
  type Speech,
} from "./request.ts";

type Words = readonly (Uint8Array | string)[];

/** RESP: the commands of Redis' hashes, and those of our own for conditions on revisions. */
export const respSpeech: Speech<RespClient> = {
  name: "RESP",
  connect: (port) => RespClient.connect(port),
  send(client, requests) {
    client.send(Buffer.concat(requests.map((request) => encodeRequest(wordsOf(request)))));
  },
  async receive(client, request) {
    const reply = await client.read();
    if (reply === undefined) throw new Error("Cannot read a reply: the connection was closed");
    if (reply.type === "error") return errorAnswer(reply.text, request.action);
    return answerOf(request, reply) ?? odd(request, reply);
  },
};

function wordsOf({ target: { bucket, key }, action, revision, wantsRevision }: Request): Words {
  switch (action.type) {
    case "get":
      return [wantsRevision ? "KV.GET" : "HGET", bucket, key];
    case "put":
      return [wantsRevision ? "KV.PUT" : "HSET", bucket, key, paddedValue(action.value)];
    case "delete":
      return ["HDEL", bucket, key];
    case "put-if-absent": {
      const value = paddedValue(action.value);
      if (!wantsRevision) return ["HSETNX", bucket, key, value];
      return ["KV.PUT", bucket, key, value, "IFABSENT"];
    }
    case "put-if-value":
      return ["KV.PUT", bucket, key, paddedValue(action.value), "IFREV", revision ?? ""];
    default:
      throw new Error("No such action");
  }
}

/** `undefined` for a reply that does not go with the request. */
function answerOf(request: Request, reply: RespValue): Answer | undefined {
  const { action, wantsRevision } = request;
  switch (action.type) {
    case "get":
      return wantsRevision ? describedAnswer(reply) : readAnswer(reply);
    case "delete":
      return changedAnswer(reply, { one: true, none: false });
    case "put":
      if (wantsRevision) return revisionAnswer(reply, action.value);
      return changedAnswer(reply, { one: false, none: true });
    case "put-if-absent":
      if (wantsRevision) return revisionAnswer(reply, action.value);
      if (reply.type !== "integer") return undefined;
      return { outcome: { type: reply.text === "1" ? "applied" : "refused" } };
    case "put-if-value":
      return revisionAnswer(reply, action.value);
    default:
      return undefined;
  }
}

function readAnswer(reply: RespValue): Answer | undefined {
  if (reply.type === "null") return { outcome: { type: "read", value: undefined } };
  if (reply.type !== "bulk") return undefined;
  return { outcome: { type: "read", value: nameOfValue(reply.bytes.toString("latin1")) } };
}

/** Of `KV.GET`: value, revision and expiry. */
function describedAnswer(reply: RespValue): Answer | undefined {
  const [value, revision] = itemsOf(reply);
  if (value?.type !== "bulk" || revision?.type !== "bulk") return readAnswer(reply);
  const name = nameOfValue(value.bytes.toString("latin1"));
  return {
    outcome: { type: "read", value: name },
    seen: { value: name, revision: revision.bytes },
  };
}

/** Of `KV.PUT`: the new revision, or null where the condition does not hold. */
function revisionAnswer(reply: RespValue, value: string): Answer | undefined {
  if (reply.type === "null") return { outcome: { type: "refused" } };
  if (reply.type !== "bulk") return undefined;
  return { outcome: { type: "applied" }, seen: { value, revision: reply.bytes } };
}

/** Of commands that count what they have added or removed; `one` and `none` are whether there was a key then. */
function changedAnswer(
  reply: RespValue,
  found: { readonly one: boolean; readonly none: boolean },
): Answer | undefined {
  if (reply.type !== "integer") return undefined;
  if (reply.text === "1") return { outcome: { type: "applied", found: found.one } };
  return reply.text === "0" ? { outcome: { type: "applied", found: found.none } } : undefined;
}

function odd(request: Request, reply: RespValue): Answer {
  const command = wordsOf(request)
    .map((word) => Buffer.from(word).toString("latin1"))
    .join(" ");
  return { outcome: { type: "unknown" }, oddity: `${command}: ${showReply(reply)}` };
}
