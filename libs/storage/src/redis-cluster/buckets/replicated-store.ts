import type { Clock } from "../../clock.ts";
import { StorageError } from "../../errors.ts";
import { forwardClock } from "../../forward-clock.ts";
import { conditionalExpiry, type NewExpiry } from "../../new-expiry.ts";
import type { ReadResult, WriteResult } from "../../plain-operations.ts";
import { assertKeyFits } from "../../state/key-limit.ts";
import { assertWholeMilliseconds } from "../../state/lapse.ts";
import type { StoreStatistics } from "../../statistics.ts";
import type {
  Answer,
  BucketOutcome,
  Condition,
  CreateBucketOutcome,
  DeleteOutcome,
  DropBucketOutcome,
  ExpireOutcome,
  Field,
  GetOutcome,
  KeyOutcome,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  PutOptions,
  PutOutcome,
  Store,
} from "../../store.ts";
import type { StoreTraits } from "../../store-traits.ts";
import { LOCK_KEY } from "../change-lock/lock-scripts.ts";
import type { Cluster, Parameter, Reply, Script } from "../cluster/cluster.ts";
import { fieldOf, hashOf } from "./bucket-hash.ts";
import { listHashes } from "./bucket-lister.ts";
import { listKeysOf } from "./key-lister.ts";
import * as outcomes from "./outcomes.ts";
import { numberOf, timeText } from "./reply-parts.ts";
import { DESCRIBE_BUCKET, DESCRIBE_KEY, GET, LIST_KEYS } from "./scripts/read-scripts.ts";
import {
  CREATE_BUCKET,
  DELETE,
  DROP_BUCKET,
  EXPIRE,
  PUT,
  PUT_PLAIN,
  PUT_PLAIN_CREATING,
} from "./scripts/write-scripts.ts";
import { newToken } from "./write-token.ts";

/** How a {@link ReplicatedStore} is made. */
export interface ReplicatedStoreOptions {
  /** It is the store's from then on, and disposed with it. */
  readonly cluster: Cluster;
  /** For tests: by which time goes in the place of the servers' own clocks. */
  readonly clock?: Clock | undefined;
}

/** How many entries a page has unless somebody says so. */
const PAGE_LIMIT = 1000;

/** The engine whose buckets lie in a cluster of Redis or Valkey servers. All that it answers is kept by then, so that there is nothing to wait for. */
export class ReplicatedStore implements Store {
  readonly traits: StoreTraits = {
    engine: "redis-cluster",
    listingMayRepeat: true,
    durable: true,
    answersAtOnce: false,
    countsAtOnce: false,
  };
  readonly #cluster: Cluster;
  readonly #clock: Clock | undefined;
  #isOpen = true;

  constructor({ cluster, clock }: ReplicatedStoreOptions) {
    this.#cluster = cluster;
    this.#clock = clock && forwardClock(clock);
  }

  async createBucket(bucket: Uint8Array): Promise<Answer<CreateBucketOutcome>> {
    assertKeyFits(bucket);
    const { reply } = await this.#write(bucket, CREATE_BUCKET, { token: newToken() });
    return answer(outcomes.createOutcome(reply));
  }

  async dropBucket(bucket: Uint8Array): Promise<Answer<DropBucketOutcome>> {
    const token = newToken();
    const { reply } = await this.#write(bucket, DROP_BUCKET, { token });
    return answer(outcomes.dropOutcome(reply, token));
  }

  async describeBucket(bucket: Uint8Array): Promise<Answer<BucketOutcome>> {
    const reply = await this.#read(bucket, DESCRIBE_BUCKET, ["1"]);
    return answer(outcomes.bucketOutcome(reply));
  }

  // oxlint-disable-next-line typescript/promise-function-async -- most requests are this one: a promise less for each
  get(bucket: Uint8Array, key: Uint8Array): Promise<Answer<GetOutcome>> {
    const hash = hashOf(bucket);
    const field = fieldOf(key);
    return this.#open()
      .read(hash, ["HMGET", hash, "", field])
      .then((reply) => {
        const outcome = outcomes.plainGetOutcome(reply);
        return outcome === undefined ? this.#getByServerTime(hash, field) : answer(outcome);
      });
  }

  /** Whether it has lapsed is for the server to say, by its clock. */
  async #getByServerTime(hash: Buffer, field: Buffer): Promise<Answer<GetOutcome>> {
    const reply = await this.#open().readScript(hash, GET, [this.#time(), field.subarray(1)]);
    return answer(outcomes.getOutcome(reply));
  }

  async describeKey(bucket: Uint8Array, key: Uint8Array): Promise<Answer<KeyOutcome>> {
    const reply = await this.#read(bucket, DESCRIBE_KEY, [Uint8Array.from(key)]);
    return answer(outcomes.keyOutcome(reply));
  }

  async put(
    bucket: Uint8Array,
    fields: readonly Field[],
    { createsBucket = false }: PutOptions = {},
  ): Promise<Answer<PutOutcome>> {
    for (const { key, expiresAtMs } of fields) {
      assertKeyFits(key);
      assertWholeMilliseconds(expiresAtMs);
    }
    const token = newToken();
    const keys = fields.map(({ key }) => Uint8Array.from(key));
    const isPlain = fields.length === 1 && fields.every(isPlainField);
    const parameters = fields.flatMap((field, at): readonly Parameter[] => {
      const value = Uint8Array.from(field.value);
      const key = keys[at] ?? value;
      if (isPlain) return [key, value];
      return [key, value, timeText(field.expiresAtMs), conditionText(field.condition)];
    });
    // What it found once it does not find again: a revision is there only once.
    const mayRepeat = fields.some(({ condition }) => condition?.type === "revision");
    const plain = createsBucket ? PUT_PLAIN_CREATING : PUT_PLAIN;
    const script = isPlain ? plain : PUT;
    const given = isPlain ? parameters : [createsBucket ? "1" : "0", ...parameters];
    const { reply, isRepeated } = await this.#write(bucket, script, { token, given, mayRepeat });
    const outcome = outcomes.putOutcome(reply, token, keys);
    // It may have been the first sending that somebody else has written over since.
    if (isRepeated && outcome.type !== "stored") throw unanswered();
    return answer(outcome);
  }

  async delete(
    bucket: Uint8Array,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): Promise<Answer<DeleteOutcome>> {
    const token = newToken();
    const own = keys.map((key) => Uint8Array.from(key));
    const given = [conditionText(condition), ...own];
    const { reply } = await this.#write(bucket, DELETE, { token, given });
    return answer(outcomes.deleteOutcome(reply, token, own));
  }

  async expire(
    bucket: Uint8Array,
    key: Uint8Array | undefined,
    expiry: NewExpiry,
  ): Promise<Answer<ExpireOutcome>> {
    const { expiresAtMs, conditions } = conditionalExpiry(expiry);
    assertWholeMilliseconds(expiresAtMs);
    const token = newToken();
    const what = key === undefined ? "b" : fieldOf(key);
    const given = [what, timeText(expiresAtMs), ...conditions];
    const { reply } = await this.#write(bucket, EXPIRE, { token, given });
    return answer(outcomes.expireOutcome(reply, token));
  }

  async listBuckets({
    cursor,
    limit = PAGE_LIMIT,
  }: ListOptions = {}): Promise<Answer<ListBucketsOutcome>> {
    assertLimit(limit);
    const cluster = this.#open();
    const { entries: named, next } = await listHashes(cluster, { cursor, limit });
    const described = await Promise.all(
      named.map(async ({ hash, bucket }) => {
        const reply = await cluster.readScript(hash, DESCRIBE_BUCKET, [this.#time(), "0"]);
        return { bucket, outcome: outcomes.bucketOutcome(reply) };
      }),
    );
    const entries = described.flatMap(({ bucket, outcome }) => {
      if (outcome.type === "no-bucket") return [];
      const { revision, expiresAtMs, lifetime } = outcome;
      return [{ bucket, revision, expiresAtMs, lifetime }];
    });
    return answer({ type: "listed", page: { entries, next } });
  }

  async listKeys(
    bucket: Uint8Array,
    { cursor, limit = PAGE_LIMIT }: ListOptions = {},
  ): Promise<Answer<ListKeysOutcome>> {
    assertLimit(limit);
    const hash = hashOf(bucket);
    const cluster = this.#open();
    const page = await listKeysOf(
      (scan, count, isAll) =>
        cluster.readScript(hash, LIST_KEYS, [this.#time(), scan, String(count), isAll ? "1" : "0"]),
      { cursor, limit },
    );
    return answer(page === undefined ? { type: "no-bucket" } : { type: "listed", page });
  }

  /** How many buckets the servers hold, those that have lapsed and are not removed yet among them. */
  async countBuckets(): Promise<number> {
    const cluster = this.#open();
    const primaries = await cluster.primaries();
    const counts = await Promise.all(
      primaries.map(async (primary) => await cluster.readFrom(primary, ["DBSIZE"])),
    );
    // While somebody changes the cluster, there is a hash more that is no bucket's.
    const lockFields = numberOf(await cluster.read(LOCK_KEY, ["HLEN", LOCK_KEY]));
    const hashes = counts.reduce<number>((sum, count) => sum + numberOf(count ?? 0), 0);
    return Math.max(0, hashes - (lockFields > 0 ? 1 : 0));
  }

  /** Nothing is in memory that could be shown at once. */
  read(): ReadResult {
    return undefined;
  }

  write(): WriteResult | undefined {
    return undefined;
  }

  lacks(): boolean {
    return false;
  }

  foresee(): void {}

  statistics(): StoreStatistics {
    return { indexBytes: 0, writable: true };
  }

  /** There is nothing to do: a bucket's sequence begins at the time in microseconds, above all that other engines count. */
  raiseRevision(): void {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    await this.#cluster[Symbol.asyncDispose]();
  }

  async #write(
    bucket: Uint8Array,
    script: Script,
    { token, given = [], mayRepeat = false }: Writing,
  ): Promise<{ readonly reply: Reply; readonly isRepeated: boolean }> {
    const parameters = [this.#time(), token, ...given];
    return await this.#open().write(hashOf(bucket), script, { parameters, mayRepeat });
  }

  async #read(bucket: Uint8Array, script: Script, given: readonly Parameter[]): Promise<Reply> {
    return await this.#open().readScript(hashOf(bucket), script, [this.#time(), ...given]);
  }

  #time(): string {
    return this.#clock === undefined ? "" : String(this.#clock());
  }

  #open(): Cluster {
    if (this.#isOpen) return this.#cluster;
    throw new StorageError("STORAGE_NOT_OPEN", { path: this.traits.engine });
  }
}

interface Writing {
  readonly token: string;
  /** What the script is given behind time and token. */
  readonly given?: readonly Parameter[];
  readonly mayRepeat?: boolean;
}

function answer<Outcome>(outcome: Outcome): Answer<Outcome> {
  return { outcome, durable: undefined };
}

function isPlainField({ expiresAtMs, condition }: Field): boolean {
  return expiresAtMs === undefined && condition === undefined;
}

function conditionText(condition: Condition | undefined): string {
  if (condition === undefined) return "";
  return condition.type === "absent" ? "absent" : String(condition.revision);
}

function assertLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new RangeError(`Cannot list ${limit} entries: a whole number from 1 up`);
}

function unanswered(): StorageError {
  const reason = "the connection was lost before the write was answered";
  return new StorageError("STORAGE_UNANSWERED", { reason });
}
