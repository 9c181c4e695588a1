import type { LoadReport, RunningLoad } from "./load.ts";
import type { Writer } from "./writer.ts";
import type { Violation } from "./writer-history.ts";

/** A running node that is going to be killed. */
export interface Victim {
  readonly port: number;
  /** kill -9: sends the signal before it returns, resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Where a scene is played: a node, and the load on it. */
export interface Stage<Node> extends RunningLoad {
  readonly node: Node;
  readonly writers: readonly Writer[];
}

/** What goes on beside the writers in one cycle, and when the kill comes: in the midst of it, if all goes well. */
export interface Scene<Node> {
  /** What the kill is to land in. */
  readonly kind: string;
  /** The kill comes after so many acknowledgements at the latest. */
  readonly killAfter: number;
  /** Plays, and strikes when its moment has come. Resolves once the node is gone, at the latest. */
  readonly play?: ((stage: Stage<Node>) => Promise<void>) | undefined;
  /** Asked when the node is gone and before the next one starts: whether the kill came in the midst of it. */
  readonly hasLanded: (load: LoadReport) => boolean;
  /** Looks at what it has left, on the node that was started then. */
  readonly judge?: ((node: Node) => Promise<readonly Violation[]>) | undefined;
}
