import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type BucketName, parseBucketName } from "../../bucket-name.ts";
import { encodeLine, type ExportLine, parseLine } from "./export-line.ts";

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 10 }).map((text) => Uint8Array.from(Buffer.from(text))),
);
const bucket = bytes
  .map((name) => parseBucketName(name))
  .filter((name): name is BucketName => name !== undefined);
const stamp = {
  revision: fc.oneof(fc.nat(), fc.string({ maxLength: 5 }), fc.constant(undefined)),
  expiresAtMs: fc.option(fc.maxSafeNat(), { nil: undefined }),
};
const lifetime = fc.constantFrom(undefined, "transient" as const);
const tally = { buckets: fc.nat(), keys: fc.nat(), crc32: fc.nat({ max: 0xffff_ffff }) };

const lines: fc.Arbitrary<ExportLine> = fc.oneof(
  fc.record({
    type: fc.constant("export" as const),
    version: fc.nat(),
    node: fc.string(),
    since: fc.option(fc.nat({ max: 0xffff_ffff }), { nil: undefined }),
  }),
  fc.record({ type: fc.constant("drop" as const), bucket }),
  fc.record({ type: fc.constant("delete" as const), bucket, key: bytes }),
  fc.record({
    type: fc.constant("same" as const),
    bucket,
    key: bytes,
    revision: fc.oneof(fc.nat(), fc.string({ maxLength: 5 })),
  }),
  fc.record({ type: fc.constant("bucket" as const), bucket, lifetime, ...stamp }),
  fc.record({ type: fc.constant("key" as const), bucket, key: bytes, value: bytes, ...stamp }),
  fc.record({
    type: fc.constant("checkpoint" as const),
    opening: fc.string(),
    bucket,
    cursor: fc.option(fc.string(), { nil: undefined }),
    ...tally,
  }),
  fc.record({ type: fc.constant("end" as const), ...tally }),
);

/** With plain arrays, which compare by their bytes alone. */
function comparable(line: ExportLine): object {
  const entries = Object.entries(line).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Uint8Array ? [...value] : value]),
  );
}

suite("a line of an export", () => {
  test("is one line, and read as it was written, whatever the bytes", () => {
    const property = fc.property(lines, (line) => {
      const text = encodeLine(line);
      assert.equal(text.indexOf("\n"), text.length - 1);
      const parsed = parseLine(text);
      assert.equal(parsed.type, "line");
      assert.deepEqual(comparable(parsed.line), comparable(line));
    });
    fc.assert(property, { numRuns: 500 });
  });

  const malformed: readonly (readonly [text: string, reason: RegExp])[] = [
    ["", /no JSON/u],
    ['{"type":"delete","bucket":"b"}', /no key/u],
    ['{"type":"drop"}', /no bucket/u],
    ['{"type":"same","bucket":"b","key":"k"}', /no line of an export/u],
    ['{"type":"key","bucket":"b","key":"k"', /no JSON/u],
    ["[]", /no line of an export/u],
    ['{"type":"bucket","bucket":"b","lifetime":"long"}', /no line of an export/u],
    ['{"type":"keys"}', /no line of an export/u],
    ['{"type":"key","key":"k","value":"v"}', /no bucket/u],
    ['{"type":"key","bucket":"","key":"k","value":"v"}', /no bucket/u],
    ['{"type":"key","bucket":"b","key":"k"}', /no key, or no value/u],
    ['{"type":"key","bucket":"b","key":"k","keyBase64":"aw==","value":"v"}', /no key/u],
    ['{"type":"key","bucket":"b","keyBase64":"a","value":"v"}', /no key/u],
    ['{"type":"key","bucket":"b","key":"k","value":"v","expiresAtMs":1.5}', /no line/u],
    ['{"type":"end","buckets":1,"keys":1,"crc32":"xyz"}', /no line/u],
  ];
  for (const [text, reason] of malformed) {
    test(`is not: ${text}`, () => {
      const parsed = parseLine(text);
      assert.equal(parsed.type, "flawed");
      assert.match(parsed.reason, reason);
    });
  }

  test("with a long value is base64, since text might make six bytes of each", () => {
    const name = parseBucketName(Buffer.from("b"));
    assert.ok(name !== undefined);
    const value = new Uint8Array(2 * 1024 * 1024);
    const text = encodeLine({ type: "key", bucket: name, key: value.subarray(0, 1), value });
    assert.ok(text.length < 3 * 1024 * 1024, `${text.length}`);
  });
});
