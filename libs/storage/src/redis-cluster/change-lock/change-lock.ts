import { isStorageError } from "../../errors.ts";
import { membersOf, numberOf, textOf } from "../buckets/reply-parts.ts";
import { newToken } from "../buckets/write-token.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { machineTiming } from "../cluster/timing.ts";
import { LOCK_KEY, RELEASE_LOCK, TAKE_LOCK } from "./lock-scripts.ts";

/** The right to change the cluster, which nobody else has meanwhile. It is given back when it is disposed of; that rejects never. */
export interface ChangeLock extends AsyncDisposable {
  /** Aborted, with a sentence as its reason, once somebody else may have the right: what changes the cluster has to end at once. */
  readonly lost: AbortSignal;
}

/** Somebody else has the right. */
export interface HeldLock {
  /** As that one named itself. */
  readonly holder: string;
  /** Until it lapses, unless its holder renews it. */
  readonly leftMs: number;
}

/** Who takes it, and for how long at a time. */
export interface ChangeLockOptions {
  readonly holder: string;
  /** After which the lock of a holder that is gone lapses; by default 30,000. Longer than a fail-over takes. */
  readonly lapseMs?: number;
}

const LAPSE_MS = 30_000;

/** So often is it renewed within that time. */
const RENEWALS = 6;

/**
 * Takes the lock that lies in the cluster itself, under a key that is no bucket's, for all stores that use that cluster. A holder that is gone, or
 * reaches the cluster no more, loses it after `lapseMs`. Rejects with `STORAGE_UNAVAILABLE` or `STORAGE_UNANSWERED` when the cluster does not say.
 */
export async function takeChangeLock(
  cluster: Cluster,
  { holder, lapseMs = LAPSE_MS }: ChangeLockOptions,
): Promise<ChangeLock | HeldLock> {
  const lock = new Lock(cluster, holder, lapseMs);
  const held = await lock.take();
  if (held !== undefined) return held;
  lock.keep();
  return lock;
}

class Lock implements ChangeLock {
  readonly #cluster: Cluster;
  readonly #holder: string;
  readonly #lapseMs: number;
  readonly #token = newToken();
  readonly #lost = new AbortController();
  #lapse: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #isReleased = false;

  constructor(cluster: Cluster, holder: string, lapseMs: number) {
    this.#cluster = cluster;
    this.#holder = holder;
    this.#lapseMs = lapseMs;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Takes it, or keeps it for longer; who holds it, when that is somebody else. */
  async take(): Promise<HeldLock | undefined> {
    const sentMs = machineTiming.nowMs();
    const parameters = [this.#token, this.#holder, String(this.#lapseMs)];
    const { reply } = await this.#cluster.write(LOCK_KEY, TAKE_LOCK, {
      parameters,
      mayRepeat: true,
    });
    const [type, holder, leftMs] = membersOf(reply);
    if (textOf(type) === "held") return { holder: textOf(holder), leftMs: numberOf(leftMs) };
    clearTimeout(this.#lapse);
    // Counted from before it was sent: here it is over sooner than there.
    const takenMs = machineTiming.nowMs() - sentMs;
    this.#lapse = setTimeout(() => {
      this.#lose(`it could not be renewed for ${this.#lapseMs} ms`);
    }, this.#lapseMs - takenMs).unref();
    return undefined;
  }

  /** Renews it from now on. */
  keep(): void {
    if (this.#isReleased || this.#lost.signal.aborted) return;
    this.#renewal = setTimeout(() => {
      void this.#renew();
    }, this.#lapseMs / RENEWALS).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isReleased = true;
    clearTimeout(this.#renewal);
    clearTimeout(this.#lapse);
    try {
      await this.#cluster.write(LOCK_KEY, RELEASE_LOCK, {
        parameters: [this.#token],
        mayRepeat: true,
      });
    } catch (error) {
      // Then it lapses.
      if (!isPassing(error)) throw error;
    }
  }

  async #renew(): Promise<void> {
    try {
      const held = await this.take();
      if (held !== undefined) return this.#lose(`${held.holder} has taken it`);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    this.keep();
  }

  #lose(reason: string): void {
    clearTimeout(this.#renewal);
    clearTimeout(this.#lapse);
    if (!this.#isReleased) this.#lost.abort(reason);
  }
}

function isPassing(error: unknown): boolean {
  return (
    isStorageError(error, "STORAGE_UNAVAILABLE") || isStorageError(error, "STORAGE_UNANSWERED")
  );
}
