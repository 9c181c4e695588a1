import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { CommandBench } from "../../../test/command-bench.ts";
import { checksumCommand } from "./checksum.ts";
import { ContentChecksum } from "./content-checksum.ts";

const farMs = 4_102_444_800_000;

/** A bench with these keys in a bucket each. */
async function benchWith(...names: readonly string[]): Promise<CommandBench> {
  const bench = new CommandBench();
  for (const name of names) {
    const bucket = Buffer.from(name);
    await bench.store.createBucket(bucket);
    await bench.store.put(bucket, [{ key: Buffer.from("k"), value: Buffer.from(name) }]);
  }
  return bench;
}

async function checksumOf(
  bench: CommandBench,
  options: Readonly<Record<string, string>> = {},
): Promise<string> {
  return (await bench.run(checksumCommand, { options })).result.checksum;
}

suite("checksum", () => {
  test("is the same whatever the order and the revisions, and another one for any difference", async () => {
    const [one, other] = [await benchWith("a", "b"), await benchWith("b", "a")];
    await other.store.put(Buffer.from("a"), [{ key: Buffer.from("k"), value: Buffer.from("a") }]);
    const before = await checksumOf(one);
    assert.equal(await checksumOf(other), before);
    assert.match(before, /^2-2-[0-9a-f]{32}$/u);
    const seen = new Set([before]);
    const [bucket, key] = [Buffer.from("a"), Buffer.from("k")];
    const changes = [
      () => other.store.put(bucket, [{ key, value: Buffer.from("x") }]),
      () => other.store.expire(bucket, key, farMs),
      () => other.store.expire(bucket, undefined, farMs),
      () => other.store.put(bucket, [{ key: Buffer.from("l"), value: key }]),
      () => other.store.delete(bucket, [key]),
      () => other.store.dropBucket(bucket),
      () => other.store.put(bucket, [{ key, value: key }], { createsBucket: true }),
      () => other.store.createBucket(bucket),
    ];
    for (const change of changes) {
      await change();
      seen.add(await checksumOf(other));
    }
    assert.equal(seen.size, changes.length + 1);
  });

  test("of several nodes is that of all they store, and a difference is a failure", async () => {
    const [one, other] = [await benchWith("a"), await benchWith("b")];
    const all = await benchWith("a", "b");
    const expect = `${await checksumOf(one)}+${await checksumOf(other)}`;
    assert.equal(await checksumOf(all, { expect }), await checksumOf(all));
    await assert.rejects(
      checksumOf(one, { expect }),
      /Cannot confirm what is stored: expected 2 buckets and 2 keys \(2-2-.*\), there are 1 bucket and 1 key \(1-1-/u,
    );
    await assert.rejects(checksumOf(one, { expect: "1-1-ab" }), /"1-1-ab" is no checksum/u);
  });

  test("leaves out what expires soon, and what goes with that", async () => {
    const [plain, other] = [await benchWith("a"), await benchWith("a")];
    const soonMs = 2_000_000;
    const [key, value] = [Buffer.from("t"), Buffer.from("1")];
    await other.store.put(Buffer.from("a"), [{ key, value, expiresAtMs: soonMs }]);
    const temporary = Buffer.from("temporary");
    await other.store.put(temporary, [{ key, value, expiresAtMs: soonMs }], {
      createsBucket: true,
    });
    await other.store.createBucket(Buffer.from("soon gone"));
    await other.store.expire(Buffer.from("soon gone"), undefined, soonMs);
    assert.notEqual(await checksumOf(other), await checksumOf(plain));
    const until = new Date(soonMs + 1).toISOString();
    assert.equal(await checksumOf(other, { until }), await checksumOf(plain));
    await assert.rejects(checksumOf(other, { until: "tomorrow" }), /"tomorrow" is no time/u);
  });

  test("does not mix up what its parts are", () => {
    const [one, other] = [new ContentChecksum(), new ContentChecksum()];
    const [a, bc, ab, c] = ["a", "bc", "ab", "c"].map((text) => Buffer.from(text));
    assert.ok(a !== undefined && bc !== undefined && ab !== undefined && c !== undefined);
    one.addKey(a, bc, { value: a, expiresAtMs: undefined });
    other.addKey(ab, c, { value: a, expiresAtMs: undefined });
    assert.notEqual(String(one), String(other));
  });
});
