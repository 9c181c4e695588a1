import assert from "node:assert/strict";
import { isStorageError, StorageError } from "../../errors.ts";
import type { Answer, Answering } from "../../store.ts";
import { type Call, decideCall } from "./decide-call.ts";
import { count, type Life } from "./life.ts";
import { bucketIn, hex, isThere, type StoreState } from "./store-state.ts";

/**
 * Makes a call that may change the store and judges the answer: it has to be what the contract says,
 * given all calls before it, and nobody may be told before it is safe.
 */
export function act(life: Life, call: Call): void {
  const { timeline } = life.history;
  const before = timeline.state;
  let answer: Answer<object>;
  try {
    answer = perform(life, call);
  } catch (error) {
    expectRefusal(life, error);
    return;
  }
  const nowMs = timeline.latestMs;
  const revision = revisionOf(answer.outcome);
  const verdict = decideCall(before, call, { nowMs, revision });
  assert.deepEqual(plain(answer.outcome), plain(verdict.outcome));
  if (verdict.state === before) {
    const moment = timeline.since((state) => {
      return textOf(decideCall(state, call, { nowMs, revision: -1 }).outcome);
    });
    show(life, moment, answer);
    return;
  }
  count(life.history.counts, "mutations");
  countLifetimes(life, call, verdict.state);
  show(life, timeline.push(verdict.state, revision, answer.durable), answer, { isMutation: true });
}

/** Whether a call made, kept or ended a transient bucket, or met one that had gone with its last key. */
function countLifetimes(
  { history: { counts, timeline } }: Life,
  call: Call,
  after: StoreState,
): void {
  const { state, latestMs } = timeline;
  const before = bucketIn(state, call.bucket, latestMs);
  const next = bucketIn(after, call.bucket, latestMs);
  if (before === undefined) {
    if (next?.lifetime === "transient") count(counts, "transient buckets made");
    const left = state.get(hex(call.bucket));
    const isLapsed = left?.lifetime === "transient" && isThere(left, latestMs);
    if (isLapsed) count(counts, "transient buckets made anew after their last key had lapsed");
  } else if (before.lifetime === "transient") {
    if (next?.lifetime === "kept") count(counts, "transient buckets kept");
    if (next === undefined) count(counts, `transient buckets ended by ${call.type}`);
  }
}

/** What the answer rests on may not be taken back once `durable` has resolved. */
export function show(
  life: Life,
  moment: number,
  { durable }: Pick<Answer<object>, "durable">,
  { isMutation = false } = {},
): void {
  const { timeline, counts } = life.history;
  const { machine, promises, settings } = life;
  const isSynced = settings.sync === "always";
  if (durable === undefined) {
    timeline.show(moment, isSynced);
    return;
  }
  promises.follow(`durable ${moment}`, durable, {
    onValue: () => timeline.show(moment, isSynced),
    onError: (error) => {
      assert.ok(error instanceof StorageError, String(error));
      assert.ok(machine.writeFaults > 0, `nothing was wrong with the disk: ${error.message}`);
      count(counts, error.code);
      if (error.code === "STORAGE_WRITE_UNKNOWN") return;
      assert.equal(error.code, "STORAGE_READ_ONLY");
      if (isMutation) timeline.refuse(moment);
    },
  });
}

/** A call is refused only by a store that says that it takes no writes, and only if the disk has failed. */
function expectRefusal(life: Life, error: unknown): void {
  assert.ok(isStorageError(error, "STORAGE_READ_ONLY"), String(error));
  const { writable, readOnlyReason } = life.store.statistics();
  assert.equal(writable, false);
  assert.equal(readOnlyReason, error.details.reason);
  assert.ok(life.machine.writeFaults > 0, `nothing was wrong with the disk: ${error.message}`);
  count(life.history.counts, "refused calls");
}

/** Makes the call with arrays that are written over as soon as it is back, as the contract allows. */
function perform({ store }: Life, call: Call): Answer<object> {
  const lent: Uint8Array[] = [];
  const lend = (bytes: Uint8Array): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    lent.push(copy);
    return copy;
  };
  const answer = answerOf(() => {
    const bucket = lend(call.bucket);
    switch (call.type) {
      case "create":
        return store.createBucket(bucket);
      case "drop":
        return store.dropBucket(bucket);
      case "put": {
        const fields = call.fields.map((field) => {
          return { ...field, key: lend(field.key), value: lend(field.value) };
        });
        const { createsBucket } = call;
        return store.put(bucket, fields, { createsBucket });
      }
      case "delete":
        return store.delete(bucket, call.keys.map(lend), call.condition);
      case "expire":
        return store.expire(bucket, call.key && lend(call.key), call.expiresAtMs);
      default:
        throw new Error("No such call");
    }
  });
  for (const bytes of lent) bytes.fill(0xee);
  return answer;
}

function answerOf(call: () => Answering<object>): Answer<object> {
  const answer = call();
  assert.ok("outcome" in answer, "a log store decides at once");
  return answer;
}

/** -1 for an outcome without one. */
export function revisionOf(outcome: object): number {
  return "revision" in outcome && typeof outcome.revision === "number" ? outcome.revision : -1;
}

/** Byte arrays of any class are equal when their bytes are. */
export function plain(outcome: object): object {
  const copy = { ...outcome };
  for (const [name, member] of Object.entries(copy)) {
    if (member instanceof Uint8Array) Object.assign(copy, { [name]: Uint8Array.from(member) });
  }
  return copy;
}

function textOf(outcome: object): string {
  return JSON.stringify(outcome);
}
