import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { suite, test } from "node:test";
import { StorageError } from "@kv/storage";
import fc from "fast-check";
import { KvError } from "../../errors.ts";
import { OPERATION_NUMBER, type RemoteOperation } from "../request.ts";
import type { RemoteFailure, RemoteOutcomes } from "../response.ts";
import { anyFailureByCode, systemError } from "../testing/any-failure.ts";
import { anyOutcome } from "../testing/any-outcome.ts";
import { brandCursor, brandRevision } from "../testing/any-part.ts";
import { encodedResponse } from "../testing/encoded.ts";
import { plainBytes } from "../testing/plain-bytes.ts";
import { anyMutation } from "../testing/mutate.ts";
import { decodeResponse } from "./response-codec.ts";

const operations = Object.keys(OPERATION_NUMBER).filter(isOperation);
const anyFailure = fc.oneof(...Object.values(anyFailureByCode));

function isOperation(text: string): text is RemoteOperation {
  return Object.hasOwn(OPERATION_NUMBER, text);
}

const encodeFailure = (failure: RemoteFailure) => encodedResponse("count-buckets", failure);

/** A failure is one whatever was asked. */
function decodeFailure(payload: Uint8Array): RemoteFailure | undefined {
  const decoded = decodeResponse("count-buckets", payload);
  return decoded instanceof Error ? decoded : undefined;
}

/** What one can know of a failure on the other side of a link. */
function told(failure: RemoteFailure): unknown {
  const { name, code, details, message, cause } = failure;
  const system = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return { name, code, details, message, system };
}

for (const operation of operations) testLaws(operation);

function testLaws(operation: RemoteOperation): void {
  suite(`outcomes of ${operation}`, () => {
    const any: fc.Arbitrary<RemoteOutcomes[RemoteOperation]> = anyOutcome[operation];

    test("decodeResponse() gives back what writeResponse() was given, and keeps nothing of the payload", () => {
      fc.assert(
        fc.property(any, (outcome) => {
          const payload = encodedResponse(operation, outcome);
          const decoded = decodeResponse(operation, payload);
          payload.fill(0xee);
          assert.deepEqual(plainBytes(decoded), plainBytes(outcome));
        }),
        { numRuns: 200 },
      );
    });

    test("decodeResponse() takes none that is cut short or has something behind it", () => {
      fc.assert(
        fc.property(any, fc.nat({ max: 255 }), (outcome, byte) => {
          const whole = encodedResponse(operation, outcome);
          for (let end = 0; end < whole.length; end++) {
            assert.equal(decodeResponse(operation, whole.subarray(0, end)), undefined);
          }
          assert.equal(decodeResponse(operation, Uint8Array.of(...whole, byte)), undefined);
        }),
      );
    });

    test("decodeResponse() refuses bytes that were changed, or takes them for what they say", (t) => {
      const seed = randomInt(2 ** 31);
      t.diagnostic(`seed: ${seed}`);
      fc.assert(
        fc.property(any, anyMutation, (outcome, mutate) => {
          const payload = mutate(encodedResponse(operation, outcome));
          const decoded = decodeResponse(operation, payload);
          if (decoded !== undefined) assert.deepEqual(encodedResponse(operation, decoded), payload);
        }),
        { seed, numRuns: 500 },
      );
    });

    test("decodeResponse() refuses what only another operation answers", () => {
      const foreign = fc.oneof(...operations.map((other) => encodedOutcome(other)));
      fc.assert(
        fc.property(foreign, (payload) => {
          const decoded = decodeResponse(operation, payload);
          if (decoded !== undefined) assert.deepEqual(encodedResponse(operation, decoded), payload);
        }),
        { numRuns: 300 },
      );
    });
  });
}

function encodedOutcome(operation: RemoteOperation): fc.Arbitrary<Uint8Array> {
  const any: fc.Arbitrary<RemoteOutcomes[RemoteOperation]> = anyOutcome[operation];
  return any.map((outcome) => encodedResponse(operation, outcome));
}

for (const [code, any] of Object.entries(anyFailureByCode)) {
  test(`decodeResponse() gives back ${code} with its details, its message and the system's name for its cause`, () => {
    fc.assert(
      fc.property(any, (failure) => {
        assert.equal(failure.code, code);
        const payload = encodeFailure(failure);
        const decoded = decodeFailure(payload);
        assert.ok(decoded !== undefined);
        assert.equal(decoded.constructor, failure.constructor);
        assert.deepEqual(told(decoded), told(failure));
        for (let end = 0; end < payload.length; end++) {
          assert.equal(decodeFailure(payload.subarray(0, end)), undefined);
        }
        assert.equal(decodeFailure(Uint8Array.of(...payload, 0)), undefined);
      }),
      { numRuns: 50 },
    );
  });
}

test("decodeResponse() refuses bytes that were changed, or takes them for what they say", (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed: ${seed}`);
  fc.assert(
    fc.property(anyFailure, anyMutation, (failure, mutate) => {
      const payload = mutate(encodeFailure(failure));
      const decoded = decodeResponse("get", payload);
      if (decoded !== undefined) assert.deepEqual(encodedResponse("get", decoded), payload);
    }),
    { seed, numRuns: 2_000 },
  );
});

test("no response makes a decoder fail", (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed: ${seed}`);
  const byte = fc.oneof(fc.constantFrom(0, 1, 2), fc.nat({ max: 255 }));
  const rest = fc.array(byte, { maxLength: 60 });
  fc.assert(
    fc.property(fc.nat({ max: 19 }), rest, (kind, bytes) => {
      const payload = Uint8Array.of(kind, ...bytes);
      for (const operation of operations) {
        const decoded = decodeResponse(operation, payload);
        if (decoded !== undefined) assert.deepEqual(encodedResponse(operation, decoded), payload);
      }
    }),
    { seed, numRuns: 2_000 },
  );
});

test("writeResponse() carries no cause but one of the operating system", () => {
  const details = { path: "p", reason: "r" };
  for (const cause of [
    new Error("other"),
    systemError("no name"),
    systemError(""),
    "EIO",
    { code: "EIO" },
  ]) {
    const failure = new StorageError("STORAGE_READ_ONLY", details, { cause });
    const decoded = decodeFailure(encodeFailure(failure));
    assert.ok(decoded !== undefined && !Object.hasOwn(decoded, "cause"));
  }
});

test("a failure that no text can be made of arrives all the same", () => {
  const decoded = decodeFailure(encodeFailure(new KvError("KV_NO_STORE", { node: "\udc00" })));
  assert.equal(decoded?.message, "the store of \ufffd is not open");
});

const revision = brandRevision(2);
const REVISION = "01 0200000000000000";
const bytes = Uint8Array.of(0x61);

/** Every kind, written down byte by byte: who changes these changes what nodes say to each other. */
const WRITTEN: readonly (readonly [payload: Uint8Array, hex: string])[] = [
  [encodedResponse("get", { type: "no-bucket" }), "01"],
  [encodedResponse("get", { type: "missing" }), "02"],
  [
    encodedResponse("put", { type: "conflict", key: bytes, revision: undefined }),
    "03 0100000061 00",
  ],
  [
    encodedResponse("delete", { type: "conflict", key: bytes, revision }),
    `03 0100000061 01 ${REVISION}`,
  ],
  [encodedResponse("create-bucket", { type: "created", revision }), `04 ${REVISION}`],
  [encodedResponse("create-bucket", { type: "exists", revision }), `05 ${REVISION}`],
  [encodedResponse("drop-bucket", { type: "dropped", revision }), `06 ${REVISION}`],
  [
    encodedResponse("put", { type: "stored", revision, added: 1 }),
    `07 ${REVISION} 0100000000000000`,
  ],
  [
    encodedResponse("delete", { type: "deleted", revision, removed: 1 }),
    `08 ${REVISION} 0100000000000000`,
  ],
  [encodedResponse("expire", { type: "updated", revision }), `09 ${REVISION}`],
  [encodedResponse("expire", { type: "unchanged" }), "13"],
  [
    encodedResponse("get", { type: "found", value: bytes, revision, expiresAtMs: 3 }),
    `0a ${REVISION} 01 0300000000000000 0100000061`,
  ],
  [
    encodedResponse("describe-key", {
      type: "found",
      revision,
      expiresAtMs: undefined,
      valueBytes: 5,
    }),
    `0b ${REVISION} 00 0500000000000000`,
  ],
  [
    encodedResponse("describe-bucket", {
      type: "found",
      revision,
      expiresAtMs: undefined,
      lifetime: "transient",
      keys: 5,
    }),
    `0c ${REVISION} 00 01 0500000000000000`,
  ],
  [
    encodedResponse("list-keys", {
      type: "listed",
      page: { entries: [{ key: bytes, revision, expiresAtMs: undefined }], next: brandCursor("9") },
    }),
    `0d 01000000 0100000061 ${REVISION} 00 01 0100000039`,
  ],
  [
    encodedResponse("list-buckets", {
      type: "listed",
      page: {
        entries: [{ bucket: bytes, revision, expiresAtMs: undefined, lifetime: "kept" }],
        next: undefined,
      },
    }),
    `0e 01000000 0100000061 ${REVISION} 00 00 00`,
  ],
  [encodedResponse("count-buckets", { type: "counted", buckets: 7 }), "0f 0700000000000000"],
  [encodedResponse("move-fields", { type: "taken" }), "10"],
  [encodedResponse("move-begin", { type: "refused", reason: "r" }), "11 0100000072"],
  [encodedResponse("routing", { type: "routing", text: "{}" }), "12 020000007b7d"],
  [encodeFailure(new KvError("KV_NO_STORE", { node: "a@b" })), "00 03 03000000614062 00"],
  [
    encodeFailure(new KvError("KV_CONNECTION_LOST", { node: "a@b", mayHaveBeenApplied: true })),
    "00 05 03000000614062 01 00",
  ],
  [
    encodeFailure(new KvError("KV_ROUTING_LOOP", { path: ["a", "b"] })),
    "00 0a 02000000 0100000061 0100000062 00",
  ],
  [
    encodeFailure(
      new StorageError(
        "STORAGE_WRITE_UNKNOWN",
        { path: "p", reason: "r" },
        { cause: systemError("EIO") },
      ),
    ),
    "00 8c 0100000070 0100000072 01 0300000045494f",
  ],
];

for (const [payload, hex] of WRITTEN) {
  test(`a response is written as drawn: ${hex}`, () => {
    assert.equal(Buffer.from(payload).toString("hex"), hex.replace(/\s/gu, ""));
  });
}

const MALFORMED: readonly (readonly [what: string, operation: RemoteOperation, hex: string])[] = [
  ["nothing", "get", ""],
  ["an unknown kind", "get", "13"],
  ["an answer about the routing table that is empty", "routing", "12 00000000"],
  ["a value of 4 GiB", "get", `0a ${REVISION} 00 ffffffff 61`],
  ["a count below 0", "put", `07 ${REVISION} ffffffffffffffff`],
  ["a lifetime of 2", "describe-bucket", `0c ${REVISION} 00 02 0000000000000000`],
  ["2^32 - 1 keys", "list-keys", "0d ffffffff 00"],
  ["2^32 - 1 buckets", "list-buckets", "0e ffffffff 00"],
];

for (const [what, operation, hex] of MALFORMED) {
  test(`decodeResponse() refuses ${what}`, () => {
    assert.equal(decodeResponse(operation, bytesOf(hex)), undefined);
  });
}

for (const [what, hex] of [
  ["a code that is not known", "00 7f 00"],
  ["2^32 - 1 nodes of a path", "00 0a ffffffff 00000000"],
  ["a cause that is no name of the operating system", "00 03 0100000061 01 0300000065696f"],
  ["a text that is no UTF-8", "00 03 01000000ff 00"],
] as const) {
  test(`decodeResponse() refuses ${what}`, () => {
    assert.equal(decodeFailure(bytesOf(hex)), undefined);
  });
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s/gu, ""), "hex"));
}
