import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { NodeName } from "@kv/cluster";
import type { Cursor } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { Changes, CopiedStore, Departing } from "./departing.ts";
import { FieldSender } from "./field-sender.ts";
import type { MoveTarget } from "./move-target.ts";
import { floorOf, isAbove } from "./revision-floor.ts";
import { withinPause } from "./within-pause.ts";

/** What a bucket is moved with. */
export interface MoveTerms {
  readonly store: CopiedStore;
  readonly depart: (bucket: BucketName, moveId: string) => Departing | undefined;
  readonly target: MoveTarget;
  readonly to: NodeName;
  readonly planId: string;
  /** How long requests for the bucket may wait, in milliseconds. */
  readonly pauseLimitMs: number;
  /** A clock that only goes on, in milliseconds. */
  readonly nowMs: () => number;
  /** Aborted when the bucket is to stay after all. */
  readonly signal: AbortSignal;
}

/** What came of it. But for `moved` the bucket is where it was, and serves. */
export type MoveResult =
  /** It is the other node's, which has everything on its disk. Whether that serves it already is not known yet. */
  | {
      readonly type: "moved";
      readonly moveId: string;
      readonly bytes: number;
      readonly pauseMs: number;
    }
  /** It is not held any more. */
  | { readonly type: "gone" }
  /** The other node does not take it, and will not by itself. */
  | { readonly type: "stuck"; readonly reason: string }
  /** It has to be begun anew. */
  | { readonly type: "later"; readonly reason: string };

const pageLimit = 256;
const roundLimit = 8;
const lastRoundKeys = 1000;
const lastRoundBytes = 2 ** 20;

/**
 * Moves a bucket while it serves: all of it is copied, then what has changed meanwhile, again and again until that is little; then
 * requests wait until the last of it is on the other node's disk, and this node's record of the move on its own.
 *
 * Rejects with the `KvError` of a target that cannot be asked and with a `StorageError`: nothing has changed then, unless that is
 * the commit itself.
 */
export async function moveBucket(bucket: BucketName, terms: MoveTerms): Promise<MoveResult> {
  const moveId = randomUUID();
  const departing = terms.depart(bucket, moveId);
  if (departing === undefined) return { type: "gone" };
  try {
    return await new BucketMove(bucket, { moveId, departing }, terms).run();
  } finally {
    departing.release();
  }
}

class BucketMove {
  readonly #bucket: BucketName;
  readonly #moveId: string;
  readonly #departing: Departing;
  readonly #terms: MoveTerms;
  readonly #sender: FieldSender;

  constructor(
    bucket: BucketName,
    { moveId, departing }: { readonly moveId: string; readonly departing: Departing },
    terms: MoveTerms,
  ) {
    this.#bucket = bucket;
    this.#moveId = moveId;
    this.#departing = departing;
    this.#terms = terms;
    this.#sender = new FieldSender({ bucket, moveId, target: terms.target });
  }

  async run(): Promise<MoveResult> {
    const { store, target } = this.#terms;
    const [bucket, moveId] = [this.#bucket, this.#moveId];
    const { outcome: described } = await store.describeBucket(bucket);
    if (described.type === "no-bucket") return { type: "gone" };
    const { lifetime, expiresAtMs } = described;
    const revisionFloor = floorOf(described.revision);
    const begin = { bucket, moveId, lifetime, expiresAtMs, revisionFloor };
    const { outcome: begun } = await target.beginMove(begin);
    if (begun.type === "refused") return { type: "stuck", reason: begun.reason };
    await this.#copyAll();
    // What is left of it need not be sent while requests wait.
    await this.#sender.flush();
    const caughtUp = await this.#catchUp();
    if ("type" in caughtUp) return caughtUp;
    return await this.#handOver(caughtUp.rest, async () => {
      const { outcome } = await store.describeBucket(bucket);
      return outcome.type === "found" && !isAbove(outcome.revision, revisionFloor);
    });
  }

  async #copyAll(): Promise<void> {
    const { store, signal } = this.#terms;
    let cursor: Cursor | undefined;
    do {
      signal.throwIfAborted();
      const { outcome } = await store.listKeys(this.#bucket, { cursor, limit: pageLimit });
      if (outcome.type === "no-bucket") return;
      cursor = outcome.page.next;
      for (const { key } of outcome.page.entries) await this.#send(key);
      // Whoever asks for something has a turn between two pages.
      await setImmediate();
    } while (cursor !== undefined);
  }

  /** Sends what has changed until that is little: then the keys that are still to be sent. */
  async #catchUp(): Promise<{ readonly rest: readonly Uint8Array[] } | MoveResult> {
    for (let round = 1; ; round++) {
      this.#terms.signal.throwIfAborted();
      const changes = this.#departing.takeChanges();
      const end = endedBy(changes);
      if (end !== undefined) return end;
      const { keys } = changes;
      if (round > roundLimit || (await this.#isLittle(keys))) return { rest: keys };
      for (const key of keys) await this.#send(key);
      await this.#sender.flush();
    }
  }

  async #isLittle(keys: readonly Uint8Array[]): Promise<boolean> {
    if (keys.length > lastRoundKeys) return false;
    let bytes = 0;
    for (const key of keys) {
      const { outcome } = await this.#terms.store.describeKey(this.#bucket, key);
      bytes += key.length + (outcome.type === "found" ? outcome.valueBytes : 0);
    }
    return bytes <= lastRoundBytes;
  }

  /** Has the requests wait, sends the rest, and gives the bucket away. */
  async #handOver(
    rest: readonly Uint8Array[],
    isWithinFloor: () => Promise<boolean>,
  ): Promise<MoveResult> {
    const { nowMs, pauseLimitMs, to, planId } = this.#terms;
    const heldAtMs = nowMs();
    this.#departing.hold();
    const changes = this.#departing.takeChanges();
    const end = endedBy(changes);
    if (end !== undefined) return end;
    const last = async (): Promise<boolean> => {
      for (const key of [...rest, ...changes.keys]) await this.#send(key);
      await this.#sender.flush();
      return isWithinFloor();
    };
    const isCopied = await withinPause(last(), pauseLimitMs);
    if (isCopied === undefined) {
      const reason = `requests would have waited for more than ${pauseLimitMs} ms`;
      return { type: "later", reason };
    }
    const lapsed = endedBy(this.#departing.takeChanges());
    if (lapsed !== undefined) return lapsed;
    if (!isCopied) return { type: "later", reason: "it changed too often while it was copied" };
    this.#terms.signal.throwIfAborted();
    await this.#departing.complete(to, planId);
    const pauseMs = nowMs() - heldAtMs;
    return { type: "moved", moveId: this.#moveId, bytes: this.#sender.sentBytes, pauseMs };
  }

  /** Sends the key as it is now. */
  async #send(key: Uint8Array): Promise<void> {
    const answer = this.#terms.store.get(this.#bucket, key);
    const { outcome } = answer instanceof Promise ? await answer : answer;
    await this.#sender.add(key, outcome.type === "found" ? outcome : undefined);
  }
}

function endedBy({ isDropped, isBucketChanged }: Changes): MoveResult | undefined {
  if (isDropped) return { type: "gone" };
  if (isBucketChanged) return { type: "later", reason: "its time or its lifetime was changed" };
  return undefined;
}
