import assert from "node:assert/strict";
import type { Condition, Revision } from "../src/index.ts";
import { expectBuckets, expectCounted, expectDescribed, expectKeys } from "./expect-same.ts";
import { expectRead } from "./expect-read.ts";
import { hex, type Model } from "./model.ts";
import type { Pair } from "./pair.ts";
import { plain } from "./plain.ts";
import { settle } from "./settle.ts";
import type { Step, Wish } from "./step.ts";

const NO_BUCKET = Uint8Array.of(1, 2, 3);

/** Takes one step in store and model and fails when they disagree. Resolves when it is durable. */
export async function takeStep(pair: Pair, step: Step): Promise<void> {
  const { store, model } = pair;
  switch (step.type) {
    case "wait":
      // An engine need not look at the clock for what is there for ever: what it has seen of it is made sure of before that is set back.
      await expectDescribed(pair, NO_BUCKET);
      model.clockMs += step.ms;
      return;
    case "create": {
      const outcome = await settle(lend(step.bucket, (bucket) => store.createBucket(bucket)));
      assert.deepEqual(outcome, model.create(step.bucket, outcome.revision));
      return;
    }
    case "drop": {
      const outcome = await settle(lend(step.bucket, (bucket) => store.dropBucket(bucket)));
      assert.deepEqual(outcome, model.drop(step.bucket, revisionOf(outcome)));
      return;
    }
    case "get": {
      expectRead(pair, step.bucket, step.key);
      const outcome = await settle(store.get(step.bucket, step.key));
      assert.deepEqual(plain(outcome), model.get(step.bucket, step.key));
      return;
    }
    case "put":
      return takePut(pair, step);
    case "delete": {
      const [first] = step.keys;
      const condition = first && conditionFor(model, { ...step, key: first });
      const outcome = await settle(store.delete(step.bucket, step.keys, condition));
      const expected = model.delete(step.bucket, { ...step, condition }, revisionOf(outcome));
      assert.deepEqual(plain(outcome), expected);
      return;
    }
    case "expire": {
      const expiresAtMs = step.livesMs === undefined ? undefined : model.clockMs + step.livesMs;
      const { conditions } = step;
      const expiry = conditions.length === 0 ? expiresAtMs : { expiresAtMs, conditions };
      const outcome = await settle(store.expire(step.bucket, step.key, expiry));
      const expected = model.expire(step.bucket, { ...step, expiresAtMs }, revisionOf(outcome));
      assert.deepEqual(outcome, expected);
      return;
    }
    case "describe":
      return expectDescribed(pair, step.bucket);
    case "count":
      return expectCounted(pair);
    case "list-buckets":
      return expectBuckets(pair, step.limit);
    case "list-keys":
      return expectKeys(pair, step.bucket, step.limit);
  }
}

async function takePut(
  { store, model }: Pair,
  step: Step & { readonly type: "put" },
): Promise<void> {
  const fields = step.fields.map(({ key, value, livesMs, wish }) => ({
    key,
    value,
    expiresAtMs: livesMs === undefined ? undefined : model.clockMs + livesMs,
    condition: conditionFor(model, { bucket: step.bucket, key, wish }),
  }));
  const lent = fields.map((field) => ({
    ...field,
    key: Uint8Array.from(field.key),
    value: Uint8Array.from(field.value),
  }));
  if (await takeWrite({ store, model }, step)) return;
  const { createsBucket } = step;
  const answering = lend(step.bucket, (bucket) => store.put(bucket, lent, { createsBucket }));
  for (const { key, value } of lent) {
    key.fill(0xee);
    value.fill(0xee);
  }
  const outcome = await settle(answering);
  const expected = model.put(step.bucket, { fields, createsBucket }, revisionOf(outcome));
  assert.deepEqual(plain(outcome), expected);
}

/** Puts what is plain, every other time, told by where it stands; whether the store did. */
async function takeWrite(
  { store, model }: Pair,
  { bucket, fields, createsBucket }: Step & { readonly type: "put" },
): Promise<boolean> {
  const [field] = fields;
  if (field === undefined || fields.length > 1 || field.wish !== "anything") return false;
  const { key, value, livesMs } = field;
  if (livesMs !== undefined || (key.length + value.length) % 2 === 1) return false;
  const bytes = Buffer.concat([bucket, key, value]);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const valueStart = bucket.length + key.length;
  const written = store.write({
    bucket,
    bytes,
    words,
    start: bucket.length,
    end: valueStart,
    valueWords: words,
    valueStart,
    valueEnd: bytes.length,
  });
  bytes.fill(0xee);
  if (written === undefined) return false;
  const { isAdded, revision, durable } = written;
  await durable;
  const outcome = { type: "stored", revision, added: isAdded ? 1 : 0 };
  assert.deepEqual(
    outcome,
    model.put(bucket, { fields: [{ key, value }], createsBucket }, revision),
  );
  return true;
}

/** Calls with a copy of `bytes` and scribbles over it as soon as the call is back, as the contract allows. */
function lend<Result>(bytes: Uint8Array, call: (lent: Uint8Array) => Result): Result {
  const lent = Uint8Array.from(bytes);
  const result = call(lent);
  lent.fill(0xee);
  return result;
}

/** The revision of a mutation that went through. */
function revisionOf(outcome: object): Revision | undefined {
  return "revision" in outcome && isRevision(outcome.revision) ? outcome.revision : undefined;
}

function isRevision(value: unknown): value is Revision {
  return typeof value === "number" || typeof value === "string";
}

function conditionFor(
  model: Model,
  about: { readonly bucket: Uint8Array; readonly key: Uint8Array; readonly wish: Wish },
): Condition | undefined {
  if (about.wish === "absent") return { type: "absent" };
  const current = model.bucket(about.bucket)?.keys.get(hex(about.key))?.revision;
  const revision = about.wish === "current" ? current : model.staleRevision(about.bucket);
  return about.wish === "anything" || revision === undefined
    ? undefined
    : { type: "revision", revision };
}
