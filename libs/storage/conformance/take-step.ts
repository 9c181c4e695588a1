import assert from "node:assert/strict";
import type {
  Answer,
  Answering,
  Condition,
  Cursor,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  Page,
  Revision,
  Store,
} from "../src/index.ts";
import { hex, type Model } from "./model.ts";
import type { Step, StepField, Wish } from "./step.ts";

/** A store under test and the model it has to agree with. */
export interface Pair {
  readonly store: Store;
  readonly model: Model;
}

/** Takes one step in store and model and fails when they disagree. Resolves when it is durable. */
export async function takeStep(pair: Pair, step: Step): Promise<void> {
  const { store, model } = pair;
  switch (step.type) {
    case "wait":
      model.nowMs += step.ms;
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
      const expiresAtMs = step.livesMs === undefined ? undefined : model.nowMs + step.livesMs;
      const outcome = await settle(store.expire(step.bucket, step.key, expiresAtMs));
      const expected = model.expire(step.bucket, { ...step, expiresAtMs }, revisionOf(outcome));
      assert.deepEqual(outcome, expected);
      return;
    }
    case "list-buckets":
      return expectBuckets(pair, step.limit);
    case "list-keys":
      return expectKeys(pair, step.bucket, step.limit);
  }
}

async function takePut(
  { store, model }: Pair,
  step: { readonly bucket: Uint8Array; readonly fields: readonly StepField[] },
): Promise<void> {
  const fields = step.fields.map(({ key, value, livesMs, wish }) => ({
    key,
    value,
    expiresAtMs: livesMs === undefined ? undefined : model.nowMs + livesMs,
    condition: conditionFor(model, { bucket: step.bucket, key, wish }),
  }));
  const lent = fields.map((field) => ({
    ...field,
    key: Uint8Array.from(field.key),
    value: Uint8Array.from(field.value),
  }));
  const answering = lend(step.bucket, (bucket) => store.put(bucket, lent));
  for (const { key, value } of lent) {
    key.fill(0xee);
    value.fill(0xee);
  }
  const outcome = await settle(answering);
  const expected = model.put(step.bucket, fields, revisionOf(outcome));
  assert.deepEqual(plain(outcome), expected);
}

/** Calls with a copy of `bytes` and scribbles over it as soon as the call is back, as the contract allows. */
function lend<Result>(bytes: Uint8Array, call: (lent: Uint8Array) => Result): Result {
  const lent = Uint8Array.from(bytes);
  const result = call(lent);
  lent.fill(0xee);
  return result;
}

/** The outcome, once it is durable. */
export async function settle<Outcome>(answering: Answering<Outcome>): Promise<Outcome> {
  const answer: Answer<Outcome> = await answering;
  await answer.durable;
  return answer.outcome;
}

/** The revision of a mutation that went through. */
function revisionOf(outcome: object): Revision | undefined {
  return "revision" in outcome ? asRevision(outcome.revision) : undefined;
}

function asRevision(value: unknown): Revision | undefined {
  return isRevision(value) ? value : undefined;
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

/** Byte arrays of any class compare equal when their bytes do. */
function plain<Outcome extends object>(outcome: Outcome): Outcome {
  const copy = { ...outcome };
  for (const [name, member] of Object.entries(copy)) {
    if (member instanceof Uint8Array) Object.assign(copy, { [name]: Uint8Array.from(member) });
  }
  return copy;
}

/** Everything the model holds is in the store, and nothing else: listings, keys, values, expiry. */
export async function expectSame(pair: Pair): Promise<void> {
  await expectBuckets(pair, 1000);
  for (const [name, { keys }] of pair.model.buckets()) {
    const bucket = Buffer.from(name, "hex");
    await expectKeys(pair, bucket, 1000);
    for (const key of keys.keys()) {
      await takeStep(pair, { type: "get", bucket, key: Buffer.from(key, "hex") });
    }
  }
}

async function expectBuckets({ store, model }: Pair, limit: number): Promise<void> {
  const pages = await follow(limit, async (options) => {
    const outcome: ListBucketsOutcome = await settle(store.listBuckets(options));
    return outcome.page;
  });
  const listed = pages.map(({ bucket, ...about }) => [hex(bucket), about] as const);
  if (!store.traits.listingMayRepeat) assert.equal(new Map(listed).size, listed.length);
  const expected = new Map(
    model
      .buckets()
      .entries()
      .map(([name, { revision, expiresAtMs }]) => [name, { revision, expiresAtMs }]),
  );
  assert.deepEqual(new Map(listed), expected);
}

async function expectKeys(
  { store, model }: Pair,
  bucket: Uint8Array,
  limit: number,
): Promise<void> {
  const there = model.bucket(bucket);
  const first: ListKeysOutcome = await settle(store.listKeys(bucket, { limit }));
  if (there === undefined) return assert.deepEqual(first, { type: "no-bucket" });
  const pages = await follow(limit, async (options) => {
    const outcome = await settle(store.listKeys(bucket, options));
    assert.equal(outcome.type, "listed");
    return outcome.page;
  });
  const listed = pages.map(({ key, ...about }) => [hex(key), about] as const);
  if (!store.traits.listingMayRepeat) assert.equal(new Map(listed).size, listed.length);
  const expected = new Map(
    there.keys
      .entries()
      .map(([name, { revision, expiresAtMs }]) => [name, { revision, expiresAtMs }]),
  );
  assert.deepEqual(new Map(listed), expected);
}

/** Follows a listing to its end. No page is longer than asked. */
export async function follow<Entry>(
  limit: number,
  readPage: (options: ListOptions) => Promise<Page<Entry>>,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let cursor: Cursor | undefined;
  do {
    const page = await readPage({ cursor, limit });
    assert.ok(page.entries.length <= limit, "a page is longer than asked");
    entries.push(...page.entries);
    cursor = page.next;
  } while (cursor !== undefined);
  return entries;
}
