import assert from "node:assert/strict";
import { isStorageError } from "../../errors.ts";
import type { Answer, GetOutcome } from "../../store.ts";
import { ENTRY_OVERHEAD_BYTES } from "../format/field.ts";
import { plain, show } from "./act.ts";
import { keyIn } from "./decide-call.ts";
import { count, type Life } from "./life.ts";
import { bucketIn, isBucketThere, keysIn, type StoreState } from "./store-state.ts";

/** Asks for one key. What comes later has to be what was there at the call. */
export function lookUp(life: Life, bucket: Uint8Array, key: Uint8Array): void {
  const { timeline, counts } = life.history;
  const lent = [Uint8Array.from(bucket), Uint8Array.from(key)] as const;
  const answering = life.store.get(...lent);
  for (const bytes of lent) bytes.fill(0xee);
  const nowMs = timeline.latestMs;
  const expected = foundIn(timeline.state, { bucket, key }, nowMs);
  const moment = timeline.since((state) => {
    const found = foundIn(state, { bucket, key }, nowMs);
    return found.type === "found" ? found.revision : found.type;
  });
  const judge = (answer: Answer<GetOutcome>): void => {
    assert.deepEqual(plain(answer.outcome), plain(expected));
    show(life, moment, answer);
  };
  if ("outcome" in answering) return judge(answering);
  const { readFaults } = life.atRest;
  life.promises.follow("get", answering, {
    onValue: (answer) => {
      count(counts, "values read from the disk");
      judge(answer);
    },
    onError: (error) => {
      assert.ok(isStorageError(error, "STORAGE_READ_FAILED"), String(error));
      const hasFailed = life.machine.readFaults > readFaults;
      assert.ok(hasFailed, `nothing was wrong with the disk: ${error.message}`);
      count(counts, "reads that failed");
    },
  });
}

function foundIn(
  state: StoreState,
  { bucket, key }: { readonly bucket: Uint8Array; readonly key: Uint8Array },
  nowMs: number,
) {
  const there = bucketIn(state, bucket, nowMs);
  if (there === undefined) return { type: "no-bucket" } as const;
  const found = keyIn(there, key, nowMs);
  if (found === undefined) return { type: "missing" } as const;
  const { value, revision, expiresAtMs } = found;
  return { type: "found", value, revision, expiresAtMs } as const;
}

/** Asks what there is to say of a bucket. */
export function describe(life: Life, bucket: Uint8Array): void {
  const { timeline } = life.history;
  const answer = life.store.describeBucket(bucket);
  assert.ok("outcome" in answer, "a log store describes at once");
  const nowMs = timeline.latestMs;
  const tell = (state: StoreState): object => {
    const there = bucketIn(state, bucket, nowMs);
    if (there === undefined) return { type: "no-bucket" };
    const { revision, expiresAtMs, lifetime } = there;
    const keys = keysIn(there, nowMs).length;
    return { type: "found", revision, keys, expiresAtMs, lifetime };
  };
  assert.deepEqual(answer.outcome, tell(timeline.state));
  const moment = timeline.since((state) => JSON.stringify(tell(state)));
  show(life, moment, answer);
}

/** Counts what there is, and weighs it. */
export function weigh(life: Life): void {
  const { timeline } = life.history;
  const statistics = life.store.statistics();
  const nowMs = timeline.latestMs;
  const state = timeline.state;
  const there = [...state].filter(([, bucket]) => isBucketThere(bucket, nowMs));
  const keys = there.flatMap(([, bucket]) => keysIn(bucket, nowMs));
  const { liveBytes = 0, deadBytes = 0, logBytes = 0 } = statistics;
  assert.equal(statistics.buckets, there.length, "buckets counted");
  assert.equal(statistics.keys, keys.length, "keys counted");
  assert.ok(deadBytes >= 0 && liveBytes + deadBytes === logBytes, "live and dead make the log");
  if (there.length < [...state.values()].filter(({ presence }) => presence !== "hidden").length)
    return;
  const entries = [...there, ...keys].map(([name]) => ENTRY_OVERHEAD_BYTES + name.length / 2);
  const values = keys.map(([, { value }]) => value.length);
  const bytes = [...entries, ...values].reduce((sum, each) => sum + each, 0);
  assert.equal(liveBytes, Math.min(bytes, logBytes), "live bytes");
}

/** Reads every key that may be there, one by one, and the counts. */
export function lookAround(life: Life): void {
  const { names } = life.history;
  for (const bucket of names.buckets) {
    describe(life, bucket);
    for (const key of names.keys) lookUp(life, bucket, key);
  }
  weigh(life);
}
