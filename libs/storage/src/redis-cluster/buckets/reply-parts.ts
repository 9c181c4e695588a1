import type { Reply } from "../cluster/cluster.ts";

/** What a script answered that is not what it answers: somebody else writes into the same hashes, or another version does. */
export class UnknownReply extends Error {
  override readonly name = "UnknownReply";

  constructor(reply: unknown) {
    super(`A server answers what no bucket looks like: ${JSON.stringify(reply)?.slice(0, 200)}`);
  }
}

/** The members of a reply that is a list. */
export function membersOf(reply: Reply): readonly Reply[] {
  if (!isList(reply)) throw new UnknownReply(reply);
  return reply;
}

/** Whether a reply is a list. */
export function isList(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}

/** A member that is text. */
export function textOf(reply: Reply | undefined): string {
  return bytesOf(reply).toString("latin1");
}

/** A member that is bytes. */
export function bytesOf(reply: Reply | undefined): Buffer {
  if (!Buffer.isBuffer(reply)) throw new UnknownReply(reply);
  return reply;
}

/** A member that is a number. */
export function numberOf(reply: Reply | undefined): number {
  if (typeof reply !== "number") throw new UnknownReply(reply);
  return reply;
}

/** A time as the scripts write it: `~` for never. */
export function timeOf(text: string): number | undefined {
  return text === "~" ? undefined : Number(text);
}

/** The same for the scripts. */
export function timeText(expiresAtMs: number | undefined): string {
  return expiresAtMs === undefined ? "~" : String(expiresAtMs);
}
