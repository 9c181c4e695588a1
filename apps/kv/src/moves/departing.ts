import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";

/** What has happened to a bucket on its way out. */
export interface Changes {
  /** Keys that were put, deleted, or given a time. */
  readonly keys: readonly Uint8Array[];
  readonly isDropped: boolean;
  /** Whether its time or its lifetime is another one. */
  readonly isBucketChanged: boolean;
}

/** A bucket on its way out, which its node goes on serving. */
export interface Departing {
  /** Since the last call. */
  takeChanges(): Changes;
  /** Requests for the bucket wait from now on. */
  hold(): void;
  /** The bucket stays: requests that waited go on here, in order. Nothing to do when it is complete. */
  release(): void;
  /** The bucket is the other node's as soon as this is on the disk; requests that waited go there. */
  complete(to: NodeName, planId: string): Promise<void>;
}

/** What a bucket is read from that is moved. */
export type CopiedStore = Pick<Store, "describeBucket" | "describeKey" | "listKeys" | "get">;

/** A bucket that was given away. */
export interface MovedRecord {
  readonly bucket: BucketName;
  readonly to: NodeName;
  readonly moveId: string;
  readonly planId: string;
  readonly isConfirmed: boolean;
}
