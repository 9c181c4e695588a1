import { ClusterError } from "../errors.ts";
import type { NodeName } from "../node-name.ts";
import type { PendingCall } from "./pending-calls.ts";

/** Why calls will not be answered. */
export type OutboxEndReason =
  /** There was no link, and will be none for them. */
  | { readonly type: "never-linked"; readonly error: ClusterError }
  /** The link ended. */
  | { readonly type: "lost" }
  /** Nothing was heard of the node for so long. */
  | { readonly type: "silent"; readonly silentMs: number };

/** Finds what each call is to be told at the end of a link. Those that are told the same share one error. */
export class OutboxEnd {
  readonly #node: NodeName;
  readonly #reason: OutboxEndReason;
  readonly #shared = new Map<string, ClusterError>();

  constructor(node: NodeName, reason: OutboxEndReason) {
    this.#node = node;
    this.#reason = reason;
  }

  /** Why `pending` has no answer; `isSent` says whether its frame was handed to the stream. */
  failureOf({ call }: PendingCall, isSent: boolean): ClusterError {
    const node = this.#node;
    const reason = this.#reason;
    if (reason.type === "never-linked") return reason.error;
    if (!isSent) {
      return this.#share(
        "unsent",
        () => new ClusterError("CLUSTER_NO_CONNECTION", { node, reason: undefined }),
      );
    }
    const mayHaveBeenApplied = call.isWrite;
    if (reason.type === "lost") {
      return this.#share(
        `lost ${mayHaveBeenApplied}`,
        () => new ClusterError("CLUSTER_CONNECTION_LOST", { node, mayHaveBeenApplied }),
      );
    }
    const { silentMs } = reason;
    return this.#share(
      `silent ${mayHaveBeenApplied}`,
      () => new ClusterError("CLUSTER_SILENT", { node, silentMs, mayHaveBeenApplied }),
    );
  }

  #share(key: string, make: () => ClusterError): ClusterError {
    let error = this.#shared.get(key);
    if (error === undefined) this.#shared.set(key, (error = make()));
    return error;
  }
}
