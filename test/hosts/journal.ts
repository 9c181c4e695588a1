/**
 * What the clients of one node wrote down: a line of JSON for each request, when its reply was there. The lines about one
 * cell's writes are in the order in which they were sent.
 */

/** A request that was answered. Times are in microseconds of the machine's one monotonic clock, the same in all processes. */
export interface Entry {
  readonly kind: "put" | "delete" | "get";
  /** The node that was asked. */
  readonly front: string;
  readonly bucket: string;
  readonly key: string;
  /** The label of the value that was put, or read; nothing after a delete, or when nothing was there. */
  readonly value?: string;
  /** When it was sent, and when its reply was read. */
  readonly from: number;
  readonly to: number;
  /** `OK`, `NOT FOUND` or `ERROR …`. */
  readonly reply: string;
  /** For a read by the one who writes this cell, on the same connection: how many of its writes went ahead. */
  readonly behind?: number;
}

/** A listing of all buckets over RESP, which takes all nodes. Times are as in an {@link Entry}. */
export interface Listing {
  readonly kind: "listing";
  readonly front: string;
  readonly from: number;
  readonly to: number;
  /** The buckets, sorted; or `-ERR …`. */
  readonly reply: string | readonly string[];
}

/** A line that is no request: the clients have done what they were told to. */
export interface Milestone {
  readonly kind: "done";
}

/** Any line. */
export type JournalLine = Entry | Listing | Milestone;

/** What the clients of a node are started with. */
export interface LoadPlan {
  readonly front: string;
  /** That of the node, on its own loopback. */
  readonly port: number;
  /** Where it speaks RESP. */
  readonly respPort: number;
  readonly seed: number;
  readonly buckets: readonly string[];
  /** All nodes that clients write through. */
  readonly fronts: readonly string[];
}

/** So many connections write into a bucket through each node, each of them to keys of its own. */
const WRITERS = 2;
const KEYS = 4;

/** The keys of each of the connections that write into a bucket through `front`. */
export function keysOfWriters(front: string): readonly (readonly string[])[] {
  return Array.from({ length: WRITERS }, (_, writer) =>
    Array.from({ length: KEYS }, (_unused, key) => `${front}.w${writer}.k${key}`),
  );
}

/** Now, for an {@link Entry}. */
export function nowMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
