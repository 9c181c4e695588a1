import type { Entry } from "./journal.ts";

/** What a client knows of its request: it was carried out, or surely not, or it cannot know. Of a failed read it is all one. */
export type Outcome = "acknowledged" | "refused" | "unknown";

/** What a node says when it cannot ask another one, and which that is. */
const FAILURES = [
  /^ERROR no connection to (?<node>\w+)@\S+(?:: .*)?$/u,
  /^ERROR too much waits to be sent to (?<node>\w+)@\S+$/u,
  /^ERROR the request reached (?<node>\w+)@\S+ too late$/u,
  /^ERROR (?<node>\w+)@\S+ did not answer(?: in \d+ ms|: nothing was heard of it for [\d.]+ s)(?<orNot>; the write may have been applied)?$/u,
  /^ERROR the connection to (?<node>\w+)@\S+ was lost(?<orNot>; the write may have been applied)?$/u,
];

/** What the reply means; `undefined` when no such request may be answered so. */
export function outcomeOf({ kind, reply }: Pick<Entry, "kind" | "reply">): Outcome | undefined {
  if (reply === "OK") return "acknowledged";
  const groups = failureIn(reply);
  if (groups === undefined) return undefined;
  if (groups["orNot"] === undefined) return "refused";
  return kind === "get" ? undefined : "unknown";
}

/** The node that a failure names, without its host. */
export function nodeBlamedBy(reply: string): string | undefined {
  return failureIn(reply)?.["node"];
}

function failureIn(reply: string): Readonly<Record<string, string | undefined>> | undefined {
  for (const pattern of FAILURES) {
    const groups = pattern.exec(reply)?.groups;
    if (groups !== undefined) return groups;
  }
  return undefined;
}
