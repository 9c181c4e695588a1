import assert from "node:assert/strict";
import { test } from "node:test";
import type { GetOutcome, PutOutcome } from "@kv/storage";
import fc from "fast-check";
import type { LaterListener } from "./later.ts";
import { PlainCall } from "./plain-call.ts";
import type { PlainAsk, PlainListener } from "./plain-ask.ts";
import { RemoteCall } from "./remote-call.ts";
import { anyOutcome } from "./testing/any-outcome.ts";
import { anyBucket, anyBytes, anyHops, bucketNamed, nodeNamed } from "./testing/any-part.ts";
import { encodedResponse } from "./testing/encoded.ts";
import { anyMutation } from "./testing/mutate.ts";
import { linkError } from "./testing/scripted-link.ts";
import { written } from "./testing/written.ts";

const terms = { node: nodeNamed("bar@lab"), timeoutMs: 1000, deadlineMs: 5000 };

const anyAsk = fc.record({
  type: fc.constantFrom("get" as const, "put" as const),
  hops: anyHops,
  bucket: anyBucket,
  key: anyBytes,
  value: fc.uint8Array({ maxLength: 400 }),
  createsBucket: fc.boolean(),
});
type Ask = typeof anyAsk extends fc.Arbitrary<infer Value> ? Value : never;

/** Key and value as they stand in what a connection has read. */
function placed({ type, bucket, key, value, createsBucket }: Ask): PlainAsk {
  const memory = Buffer.concat([Buffer.from("abc"), key, Buffer.from("de"), value]);
  const bytes = memory.subarray(1);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [start, valueStart] = [2, key.length + 4];
  const ends = { end: start + key.length, valueEnd: valueStart + value.length };
  return {
    type,
    bucket,
    bytes,
    words,
    start,
    valueWords: words,
    valueStart,
    createsBucket,
    ...ends,
  };
}

function plainCall(ask: Ask, listener: PlainListener): PlainCall {
  const { node, timeoutMs, deadlineMs } = terms;
  const nowMs = deadlineMs - timeoutMs;
  return new PlainCall({ node, hops: ask.hops }, nowMs, timeoutMs, placed(ask), listener);
}

function usualCall(ask: Ask): RemoteCall<"get"> | RemoteCall<"put"> {
  const { hops, bucket, key, value, createsBucket } = ask;
  if (ask.type === "get") return new RemoteCall<"get">({ type: "get", hops, bucket, key }, terms);
  const fields = [{ key, value }];
  return new RemoteCall<"put">({ type: "put", hops, bucket, fields, createsBucket }, terms);
}

const deaf: PlainListener = { found() {}, stored() {}, answered() {}, failed() {} };

/** Notes what is told, in what the plain way can say. */
function noting(told: unknown[]): LaterListener<GetOutcome | PutOutcome> & PlainListener {
  return {
    found: (words, start, end) =>
      told.push([
        "found",
        [...new Uint8Array(words.buffer, words.byteOffset + start, end - start)],
      ]),
    stored: (added) => told.push(["stored", added]),
    answered({ outcome }) {
      if (outcome.type === "found") told.push(["found", [...outcome.value]]);
      else if (outcome.type === "stored") told.push(["stored", outcome.added]);
      else told.push(outcome);
    },
    failed: (error) => told.push(["failed", String(error)]),
  };
}

test("PlainCall writes the bytes of the request that a RemoteCall writes", () => {
  fc.assert(
    fc.property(anyAsk, (ask) => {
      const [plain, usual] = [plainCall(ask, deaf), usualCall(ask)];
      assert.equal(plain.byteLength, usual.byteLength);
      assert.equal(plain.isWrite, usual.isWrite);
      assert.deepEqual(
        written(plain.byteLength, (target, at) => plain.write(target, at)),
        written(usual.byteLength, (target, at) => usual.write(target, at)),
      );
    }),
  );
});

const anyResponse = fc.oneof(
  anyOutcome.get.map((outcome) => encodedResponse("get", outcome)),
  anyOutcome.put.map((outcome) => encodedResponse("put", outcome)),
  fc.uint8Array({ maxLength: 30 }),
);

test("PlainCall makes of an answer, whole or spoilt, what a RemoteCall makes of it", () => {
  fc.assert(
    fc.property(anyAsk, anyResponse, fc.option(anyMutation), (ask, response, mutate) => {
      const payload = mutate === null ? response : mutate(response);
      const [one, other]: [unknown[], unknown[]] = [[], []];
      plainCall(ask, noting(one)).answered(payload);
      const usual = usualCall(ask);
      usual.answered(payload);
      usual.later.whenSettled(noting(other));
      assert.deepEqual(one, other);
      assert.equal(one.length, 1);
    }),
    { numRuns: 1000 },
  );
});

test("PlainCall tells that there is no answer, and whether it may have been applied", () => {
  fc.assert(
    fc.property(anyAsk, fc.boolean(), (ask, mayHaveBeenApplied) => {
      const error = linkError("CLUSTER_CONNECTION_LOST", { mayHaveBeenApplied });
      const [one, other]: [unknown[], unknown[]] = [[], []];
      plainCall(ask, noting(one)).failed(error);
      const usual = usualCall(ask);
      usual.failed(error);
      usual.later.whenSettled(noting(other));
      assert.deepEqual(one, other);
    }),
  );
});

test("PlainCall refuses a key that no node would take, and to be sent twice", () => {
  const ask: Ask = {
    type: "get",
    hops: { nodes: [], bytes: new Uint8Array() },
    bucket: bucketNamed("b"),
    key: new Uint8Array(1024 * 1024 * 64),
    value: new Uint8Array(),
    createsBucket: false,
  };
  assert.throws(() => plainCall(ask, deaf), RangeError);
  const call = plainCall({ ...ask, key: Uint8Array.of(1) }, deaf);
  const target = new Uint8Array(call.byteLength);
  call.write(target, 0);
  assert.throws(() => call.write(target, 0), /sent once/u);
});
