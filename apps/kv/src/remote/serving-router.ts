import type { PlainOperations } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { Kv } from "../kv.ts";
import type { NodeName } from "@kv/cluster";
import type { Hops } from "./hops.ts";
import type { Served } from "./later.ts";

/** How a request came to this node. */
export interface Passage {
  /** The nodes that have passed it on, the one that sent it here last. */
  readonly hops: Hops;
  /** How long the answer is waited for, from now on. */
  readonly timeoutMs: number;
}

/** The operations that may come over a link. */
type Operation = Exclude<keyof Kv, "node" | "epoch" | "read" | "write" | "elsewhere" | "foresee">;

/** The operations of {@link Kv} for requests of other nodes: what they throw, and reject with, is that of `Kv`. */
export type ServingBuckets = {
  readonly [Name in Operation]: (
    ...args: Parameters<Kv[Name]>
  ) => Served<Awaited<ReturnType<Kv[Name]>>["outcome"]>;
};

/** This node's router, as requests of other nodes see it. */
export interface ServingRouter {
  readonly node: NodeName;
  /** See `Kv.epoch`. */
  epoch(): unknown;
  /** Where a bucket is served, if that is this node's store, for a request that came by `hops`. Throws what the operations throw. */
  plainAt(bucket: BucketName, hops: readonly NodeName[]): PlainOperations | undefined;
  /** See `Kv.foresee`. */
  foresee: Kv["foresee"];
  /** The operations for a request that came this way; asked for each. A request that goes on from here takes `passage` along. */
  serving(passage: Passage): ServingBuckets;
}
