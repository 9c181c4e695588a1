import type { RemoteNode } from "../remote/remote-node.ts";

/** The node that a bucket goes to. */
export type MoveTarget = Pick<RemoteNode, "beginMove" | "moveFields" | "activateMove">;

/** The target does not take a part of a copy: it has another one under way, or none. */
export class MoveRefused extends Error {
  override readonly name = "MoveRefused";
}
