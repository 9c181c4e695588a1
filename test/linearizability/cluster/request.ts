import type { Action, Outcome } from "../operation.ts";

/** A key, and the bucket that it is in. */
export interface Target {
  readonly bucket: string;
  readonly key: string;
}

/** What a client sends: an action on a key. */
export interface Request {
  readonly target: Target;
  readonly action: Action;
  /** The revision of the value that a `put-if-value` expects. */
  readonly revision?: Buffer | undefined;
  /** Of two commands for the same, the one of our own that tells revisions. RESP only. */
  readonly wantsRevision: boolean;
}

/** What came back for it. */
export interface Answer {
  readonly outcome: Outcome;
  /** The value that was read or written and its revision, where it was told. */
  readonly seen?: { readonly value: string; readonly revision: Buffer };
  /** The node's error. */
  readonly reason?: string;
  /** What no node that works would say. */
  readonly oddity?: string;
}

/** A protocol: how requests are written, and how the answer to one is read. */
export interface Speech<Connection> {
  readonly name: "line" | "RESP";
  connect(port: number): Promise<Connection>;
  send(connection: Connection, requests: readonly Request[]): void;
  /** Rejects when the connection is closed instead. */
  receive(connection: Connection, request: Request): Promise<Answer>;
}

/** Most bytes that are put behind a value on the wire, so that not all records are small. */
export const LONGEST_PADDING = 3_000;

/** A value as it is sent: its name, and dots behind it, more or fewer by the name. */
export function paddedValue(name: string): string {
  const sum = Buffer.from(name).reduce((total, byte) => (total * 31 + byte) % 65_521, 7);
  return sum % 8 === 0 ? name.padEnd(name.length + (sum % LONGEST_PADDING), ".") : name;
}

/** The name of a value that was sent so. One that was cut, or changed on its way, has a name that nobody wrote. */
export function nameOfValue(sent: string): string {
  const name = sent.replace(/\.+$/u, "");
  return paddedValue(name) === sent ? name : `${name}?${sent.length}`;
}

/** What an error says about the operation it answers. */
export function errorAnswer(reason: string, { type }: Action): Answer {
  const isUnknown = type !== "get" && reason.endsWith("; the write may have been applied");
  return { outcome: { type: isUnknown ? "unknown" : "failed" }, reason };
}
