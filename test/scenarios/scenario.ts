import type { Setting } from "../harness/write-config.ts";

/** A scenario file, read: a node to start, and conversations to have with it. README.md beside this has the grammar. */
export interface Scenario {
  /** The file's name, for messages. */
  readonly file: string;
  /** Environment variables the node is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** What the node's runtime.ts says beyond the shipped one. */
  readonly settings: readonly Setting[];
  readonly cases: readonly Case[];
}

/** One conversation, on connections of its own. */
export interface Case {
  readonly title: string;
  readonly line: number;
  readonly steps: readonly Step[];
}

export type Step = { readonly line: number } & (
  | { readonly type: "send"; readonly connection: string; readonly pieces: readonly Buffer[] }
  | { readonly type: "expect"; readonly connection: string; readonly reply: Buffer }
  | { readonly type: ConnectionVerb; readonly connection: string }
  | { readonly type: NodeVerb }
);

/**
 * *connect*: opens the connection without a word; *end*: the client's half is closed; *reset*: the client cuts it;
 * *open*: it is open and nothing is unread; *closed*: the node has closed it and nothing is unread.
 */
export type ConnectionVerb = "connect" | "end" | "reset" | "open" | "closed";

/** *restart*: stopped by SIGTERM and started again; *kill*: by kill -9. */
export type NodeVerb = "restart" | "kill";
