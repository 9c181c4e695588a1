import { conditionalExpiry } from "@kv/storage";
import type {
  BucketOutcome,
  Condition,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  NewExpiry,
  Field,
  GetOutcome,
  KeyOutcome,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  PutOptions,
  PutOutcome,
} from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { CountBucketsOutcome } from "../kv.ts";
import { askNode, type RemoteRoute } from "./ask-node.ts";
import type { Later } from "./later.ts";
import type { PlainAsk, PlainAsker, PlainListener } from "./plain-ask.ts";
import { PlainCall } from "./plain-call.ts";
import type { RemoteOperation, RemoteRequest } from "./request.ts";
import type { RemoteOutcomes } from "./response.ts";

/**
 * The buckets of another node: the operations of `Buckets`, answered by a {@link Later}. An outcome rests on nothing, as its
 * node answers only when it is durable there; its arrays are the caller's.
 *
 * The arrays that an operation is given are read during the call only. One that is called earlier is sent earlier, and the
 * other node begins with it earlier.
 *
 * A Later fails with a `KvError` when there is no answer, or none was understood; with the `KvError` or the `StorageError` that the
 * other node has met. An operation throws a `RangeError`, and sends nothing, for what the contract calls the caller's bug.
 */
export class RemoteBuckets implements PlainAsker {
  readonly #route: RemoteRoute;

  constructor(route: RemoteRoute) {
    this.#route = route;
  }

  createBucket(bucket: BucketName): Later<CreateBucketOutcome> {
    return this.#ask({ type: "create-bucket", hops: this.#route.hops, bucket });
  }

  dropBucket(bucket: BucketName): Later<DropBucketOutcome> {
    return this.#ask({ type: "drop-bucket", hops: this.#route.hops, bucket });
  }

  describeBucket(bucket: BucketName): Later<BucketOutcome> {
    return this.#ask({ type: "describe-bucket", hops: this.#route.hops, bucket });
  }

  get(bucket: BucketName, key: Uint8Array): Later<GetOutcome> {
    return this.#ask({ type: "get", hops: this.#route.hops, bucket, key });
  }

  describeKey(bucket: BucketName, key: Uint8Array): Later<KeyOutcome> {
    return this.#ask({ type: "describe-key", hops: this.#route.hops, bucket, key });
  }

  put(bucket: BucketName, fields: readonly Field[], options?: PutOptions): Later<PutOutcome> {
    const createsBucket = options?.createsBucket === true;
    return this.#ask({ type: "put", hops: this.#route.hops, bucket, fields, createsBucket });
  }

  delete(
    bucket: BucketName,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): Later<DeleteOutcome> {
    return this.#ask({ type: "delete", hops: this.#route.hops, bucket, keys, condition });
  }

  /** Of a key, or with `key` undefined of the whole bucket. */
  expire(bucket: BucketName, key: Uint8Array | undefined, expiry: NewExpiry): Later<ExpireOutcome> {
    const { expiresAtMs, conditions } = conditionalExpiry(expiry);
    const { hops } = this.#route;
    return this.#ask({ type: "expire", hops, bucket, key, expiresAtMs, conditions });
  }

  /** The buckets that the node stores. */
  listBuckets({ cursor, limit }: ListOptions = {}): Later<ListBucketsOutcome> {
    return this.#ask({ type: "list-buckets", hops: this.#route.hops, cursor, limit });
  }

  listKeys(bucket: BucketName, { cursor, limit }: ListOptions = {}): Later<ListKeysOutcome> {
    return this.#ask({ type: "list-keys", hops: this.#route.hops, bucket, cursor, limit });
  }

  ask(ask: PlainAsk, listener: PlainListener): void {
    const route = this.#route;
    const call = new PlainCall(route, route.clock(), route.timeoutMs(), ask, listener);
    route.caller.call(route.node, call);
  }

  /** How many buckets the node stores. */
  countBuckets(): Later<CountBucketsOutcome> {
    return this.#ask({ type: "count-buckets", hops: this.#route.hops });
  }

  #ask<Operation extends RemoteOperation>(
    request: RemoteRequest & { readonly type: Operation },
  ): Later<RemoteOutcomes[Operation]> {
    return askNode<Operation>(this.#route, request);
  }
}
