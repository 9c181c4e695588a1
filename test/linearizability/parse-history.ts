import type { Action, Operation, Outcome } from "./operation.ts";

const LINE =
  /^(?<client>\S+) +(?<callAt>[\d.]+)-(?<returnAt>[\d.]+) (?<verb>[a-z-]+)(?<words>[^:]*): (?<outcome>\S+)(?: # (?<way>.*))?$/u;

/**
 * A history written down, one operation a line: `a 0-1 put x: ok`. Actions are `get`, `put VALUE`, `delete`,
 * `put-if-absent VALUE`, `put-if EXPECTED VALUE`; outcomes `unknown`, `failed`, `refused`, of a get the value or `-`, of a
 * write `ok`, `found` or `absent`; behind ` # ` its way. A line that begins with `#` is a remark. Throws a `SyntaxError`.
 */
export function parseHistory(text: string): readonly Operation[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => parseOperation(line));
}

function parseOperation(line: string): Operation {
  const groups = LINE.exec(line)?.groups;
  if (groups === undefined) throw new SyntaxError(`"${line}" is no operation`);
  const { client = "", callAt, returnAt, verb = "", words = "", outcome = "", way } = groups;
  const action = actionOf(verb, words.trim().split(" "));
  return {
    client,
    callAt: Number(callAt),
    returnAt: Number(returnAt),
    action,
    outcome: outcomeOf(outcome, action),
    ...(way === undefined ? {} : { way }),
  };
}

function actionOf(verb: string, [first = "", second = ""]: readonly string[]): Action {
  switch (verb) {
    case "get":
    case "delete":
      return { type: verb };
    case "put":
    case "put-if-absent":
      return { type: verb, value: first };
    case "put-if":
      return { type: "put-if-value", expected: first, value: second };
    default:
      throw new SyntaxError(`"${verb}" is no action`);
  }
}

function outcomeOf(word: string, { type }: Action): Outcome {
  if (word === "unknown" || word === "failed" || word === "refused") return { type: word };
  if (type === "get") return { type: "read", value: word === "-" ? undefined : word };
  if (word === "ok") return { type: "applied" };
  if (word === "found" || word === "absent") return { type: "applied", found: word === "found" };
  throw new SyntaxError(`"${word}" is no outcome of a ${type}`);
}
