import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { hopsWith, NO_HOPS } from "../hops.ts";
import { OPERATION_NUMBER, type RemoteRequest } from "../request.ts";
import { bucketNamed, brandCursor, brandRevision, nodeNamed } from "../testing/any-part.ts";
import { anyRequest } from "../testing/any-request.ts";
import { encodedRequest } from "../testing/encoded.ts";
import { anyMutation } from "../testing/mutate.ts";
import { RequestDecoder } from "./decode-request.ts";
import { measureRequest } from "./encode-request.ts";

const decode = (payload: Uint8Array) => new RequestDecoder().decode(payload);

const hops = hopsWith(NO_HOPS, nodeNamed("a@b"));
const bucket = bucketNamed("B");
const key = Uint8Array.of(0x6b);
const value = Uint8Array.of(0x76, 0x77);
const HEAD = "0400 03614062";

/** Every operation, written down byte by byte: who changes these changes what nodes say to each other. */
const WRITTEN: readonly (readonly [request: RemoteRequest, hex: string])[] = [
  [{ type: "create-bucket", hops, bucket }, `01 ${HEAD} 0142`],
  [{ type: "drop-bucket", hops: NO_HOPS, bucket }, "02 0000 0142"],
  [{ type: "describe-bucket", hops, bucket }, `03 ${HEAD} 0142`],
  [{ type: "get", hops, bucket, key }, `04 ${HEAD} 0142 010000006b`],
  [{ type: "describe-key", hops, bucket, key }, `05 ${HEAD} 0142 010000006b`],
  [
    { type: "put", hops, bucket, fields: [{ key, value }], createsBucket: false },
    `06 ${HEAD} 0142 00 01000000 010000006b 020000007677 00 00`,
  ],
  [
    {
      type: "put",
      hops,
      bucket,
      fields: [
        { key, value, expiresAtMs: 258, condition: { type: "absent" } },
        { key, value, condition: { type: "revision", revision: brandRevision("é") } },
      ],
      createsBucket: true,
    },
    `06 ${HEAD} 0142 01 02000000 010000006b 020000007677 01 0201000000000000 01
     010000006b 020000007677 00 02 02 02000000c3a9`,
  ],
  [
    {
      type: "delete",
      hops,
      bucket,
      keys: [key],
      condition: { type: "revision", revision: brandRevision(-2) },
    },
    `07 ${HEAD} 0142 02 01 feffffffffffffff 01000000 010000006b`,
  ],
  [
    { type: "expire", hops, bucket, key, expiresAtMs: undefined, conditions: [] },
    `08 ${HEAD} 0142 01 010000006b 00 00`,
  ],
  [
    {
      type: "expire",
      hops,
      bucket,
      key: undefined,
      expiresAtMs: 2 ** 40,
      conditions: ["if-some", "if-sooner"],
    },
    `08 ${HEAD} 0142 00 01 0000000000010000 0a`,
  ],
  [
    { type: "list-buckets", hops, cursor: brandCursor("7"), limit: 3 },
    `09 ${HEAD} 01 0100000037 01 0300000000000000`,
  ],
  [
    { type: "list-keys", hops, bucket, cursor: undefined, limit: undefined },
    `0a ${HEAD} 0142 00 00`,
  ],
  [{ type: "count-buckets", hops }, `0b ${HEAD}`],
  [
    {
      type: "move-begin",
      hops,
      bucket,
      moveId: "m1",
      lifetime: "transient",
      expiresAtMs: 258,
      revisionFloor: brandRevision(7),
    },
    `0c ${HEAD} 0142 020000006d31 01 01 0201000000000000 01 0700000000000000`,
  ],
  [
    {
      type: "move-fields",
      hops,
      bucket,
      moveId: "m1",
      fields: [{ key, value, expiresAtMs: undefined }],
      deletedKeys: [key],
    },
    `0d ${HEAD} 0142 020000006d31 01000000 010000006b 020000007677 00 01000000 010000006b`,
  ],
  [{ type: "move-activate", hops, bucket, moveId: "m1" }, `0e ${HEAD} 0142 020000006d31`],
  [{ type: "routing", hops, text: "{}" }, `0f ${HEAD} 020000007b7d`],
];

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s/gu, ""), "hex"));
}

for (const [request, hex] of WRITTEN) {
  test(`encodeRequest() writes ${request.type} as drawn: ${hex.replace(/\s+/gu, " ")}`, () => {
    assert.equal(Buffer.from(encodedRequest(request)).toString("hex"), hex.replace(/\s/gu, ""));
  });
}

test("the examples have every operation", () => {
  const types = new Set(WRITTEN.map(([{ type }]) => type));
  assert.deepEqual(types, new Set(Object.keys(OPERATION_NUMBER)));
});

test("RequestDecoder gives back what encodeRequest() was given, one after the other", () => {
  const decoder = new RequestDecoder();
  fc.assert(
    fc.property(anyRequest, (request) => {
      assert.deepEqual(decoder.decode(encodedRequest(request)), request);
    }),
    { numRuns: 500 },
  );
});

test("RequestDecoder takes no request that is cut short or has something behind it", () => {
  fc.assert(
    fc.property(anyRequest, fc.nat({ max: 255 }), (request, byte) => {
      const whole = encodedRequest(request);
      for (let end = 0; end < whole.length; end++) {
        assert.equal(decode(whole.subarray(0, end)), undefined);
      }
      assert.equal(decode(Uint8Array.of(...whole, byte)), undefined);
    }),
  );
});

test("RequestDecoder refuses bytes that were changed, or takes them for what they say", (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed: ${seed}`);
  let refused = 0;
  let taken = 0;
  fc.assert(
    fc.property(anyRequest, anyMutation, (request, mutate) => {
      const payload = mutate(encodedRequest(request));
      const decoded = decode(payload);
      if (decoded === undefined) refused++;
      else {
        taken++;
        assert.deepEqual(encodedRequest(decoded), payload);
      }
    }),
    { seed, numRuns: 3_000 },
  );
  assert.ok(refused > 100 && taken > 30, `${refused} refused, ${taken} taken`);
});

test("RequestDecoder never fails on arbitrary bytes", (t) => {
  const seed = randomInt(2 ** 31);
  t.diagnostic(`seed: ${seed}`);
  const start = fc.constantFrom([0, 0], [4, 0, 3, 0x61, 0x40, 0x62], [1, 0], [255, 255]);
  fc.assert(
    fc.property(
      fc.nat({ max: 16 }),
      start,
      fc.array(fc.oneof(fc.constantFrom(0, 1, 2), fc.nat({ max: 255 })), { maxLength: 60 }),
      (operation, head, rest) => {
        const payload = Uint8Array.of(operation, ...head, ...rest);
        const decoded = decode(payload);
        if (decoded !== undefined) assert.deepEqual(encodedRequest(decoded), payload);
      },
    ),
    { seed, numRuns: 3_000 },
  );
});

const MALFORMED: readonly (readonly [what: string, hex: string])[] = [
  ["nothing", ""],
  ["operation 0", "00 0000 0142"],
  ["an unknown operation", "10 0000"],
  ["hops that reach past the end", "0b ffff"],
  ["a name of a node without its host", "0b 0400 03616263"],
  ["a name of a node that is none", "0b 0400 03612062"],
  ["an empty name of a node", "0b 0100 00"],
  ["a name of a node that reaches past the hops", "0b 0400 04614062"],
  ["nine hops", `0b 2400 ${"03614062".repeat(9)}`],
  ["an empty name of a bucket", "04 0000 00 010000006b"],
  ["a name of a bucket that reaches past the end", "01 0000 ff42"],
  ["a key of 4 GiB", "04 0000 0142 ffffffff 6b"],
  ["a PUT of 2^32 - 1 fields", "06 0000 0142 00 ffffffff 00000000 00000000 00 00"],
  ["a PUT that creates by 2", "06 0000 0142 02 00000000"],
  ["a condition 3", "07 0000 0142 03 00000000"],
  ["a revision of form 0", "07 0000 0142 02 00 0000000000000000 00000000"],
  ["a revision of 2^53", "07 0000 0142 02 01 0000000000002000 00000000"],
  ["a revision that is no UTF-8", "07 0000 0142 02 02 01000000ff 00000000"],
  ["a DELETE of 2^32 - 1 keys", "07 0000 0142 00 ffffffff 00000000"],
  ["a flag of 2", "08 0000 0142 02 00 00"],
  ["terms that there are not", "08 0000 0142 00 00 10"],
  ["an EXPIRE without terms", "08 0000 0142 00 00"],
  ["a time of -2^63", "08 0000 0142 00 01 0000000000000080 00"],
  ["a limit of 0", "09 0000 00 01 0000000000000000"],
  ["a cursor that is no UTF-8", "09 0000 01 01000000c3 00"],
  ["a move that somebody has passed on", `0e 0800 03614062 03614062 0142 020000006d31`],
  ["a move that nobody asks for", "0e 0000 0142 020000006d31"],
  ["a move without a name", `0e ${HEAD} 0142 00000000`],
  ["a move with a name of 65 bytes", `0e ${HEAD} 0142 41000000 ${"6d".repeat(65)}`],
  ["a MOVE FIELDS of 2^32 - 1 fields", `0d ${HEAD} 0142 010000006d ffffffff 00000000`],
  ["a lifetime of 2", `0c ${HEAD} 0142 010000006d 02 00 01 0700000000000000`],
  ["a word about the routing table that is empty", `0f ${HEAD} 00000000`],
  ["a word about the routing table that is no UTF-8", `0f ${HEAD} 01000000ff`],
  ["something behind the end", "0b 0000 00"],
];

for (const [what, hex] of MALFORMED) {
  test(`RequestDecoder refuses ${what}`, () => {
    assert.equal(decode(bytesOf(hex)), undefined);
  });
}

test("RequestDecoder and measureRequest() refuse a key of more than 1 MiB, and take one of 1 MiB", () => {
  const longest: RemoteRequest = { type: "get", hops, bucket, key: new Uint8Array(2 ** 20) };
  assert.deepEqual(decode(encodedRequest(longest)), longest);
  const longer = new Uint8Array(2 ** 20 + 1);
  for (const request of [
    { ...longest, key: longer },
    { type: "delete", hops, bucket, keys: [key, longer], condition: undefined },
    { type: "put", hops, bucket, fields: [{ key: longer, value }], createsBucket: false },
    { type: "expire", hops, bucket, key: longer, expiresAtMs: 0, conditions: [] },
  ] as const) {
    assert.throws(() => measureRequest(request), RangeError, request.type);
  }
  const length = Buffer.alloc(4);
  length.writeUInt32LE(longer.length);
  const payload = Buffer.concat([bytesOf("04 0000 0142"), length, longer]);
  assert.equal(decode(payload), undefined);
});

test("measureRequest() refuses what no node would take", () => {
  const revision = brandRevision("\ud800");
  for (const request of [
    { type: "expire", hops, bucket, key, expiresAtMs: 0.5, conditions: [] },
    { type: "expire", hops, bucket, key, expiresAtMs: Number.NaN, conditions: [] },
    {
      type: "put",
      hops,
      bucket,
      fields: [{ key, value, expiresAtMs: 2 ** 53 }],
      createsBucket: true,
    },
    { type: "list-keys", hops, bucket, cursor: undefined, limit: 0 },
    { type: "list-buckets", hops, cursor: undefined, limit: 1.5 },
    { type: "delete", hops, bucket, keys: [], condition: { type: "revision", revision } },
    { type: "move-activate", hops, bucket, moveId: "" },
    { type: "move-activate", hops, bucket, moveId: "m".repeat(65) },
    { type: "move-activate", hops: NO_HOPS, bucket, moveId: "m" },
    { type: "routing", hops, text: "x".repeat(256 * 2 ** 10 + 1) },
    { type: "routing", hops, text: "\ud800" },
  ] as const) {
    assert.throws(() => measureRequest(request), RangeError, JSON.stringify(request));
  }
});

test("RequestDecoder copies nothing but the hops, which outlive the payload", () => {
  const decoder = new RequestDecoder();
  const payload = encodedRequest({ type: "get", hops, bucket, key });
  const first = decoder.decode(payload);
  assert.ok(first?.type === "get");
  assert.equal(first.key.buffer, payload.buffer);
  payload.fill(0xee);
  assert.deepEqual(first.hops, hops);
  const again = decoder.decode(encodedRequest({ type: "get", hops, bucket, key }));
  assert.equal(again?.hops, first.hops);
});
