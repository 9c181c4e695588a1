import assert from "node:assert/strict";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { suite, test } from "node:test";
import type { Store } from "@kv/storage";
import fc from "fast-check";
import { contentsOf } from "../../../test/contents-of.ts";
import { CommandBench, openFolder } from "../../../test/command-bench.ts";
import { checksumCommand } from "./checksum.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";

/** Ahead of the clocks of the benches and of the real one, by which an import judges. */
const farMs = 4_102_444_800_000;

/** Names with what JSON cannot hold as text among them. */
const buckets = [Buffer.from("a"), Buffer.from([0xff, 0]), Buffer.from("c")];
const keys = [Buffer.from(""), Buffer.from("k"), Buffer.from([0xfe, 0x0a])];

const bucket = fc.constantFrom(...buckets);
const key = fc.constantFrom(...keys);
/** Some so long that an export is sent in several pieces. */
const value = fc
  .tuple(fc.uint8Array({ maxLength: 3 }), fc.constantFrom(0, 0, 40_000))
  .map(([head, zeros]) => Buffer.concat([head, Buffer.alloc(zeros)]));
const expiresAtMs = fc.constantFrom(undefined, undefined, farMs, farMs + 1);

type Change = (store: Store) => unknown;

const change: fc.Arbitrary<Change> = fc.oneof(
  bucket.map(
    (name): Change =>
      (store) =>
        store.createBucket(name),
  ),
  bucket.map(
    (name): Change =>
      (store) =>
        store.dropBucket(name),
  ),
  fc.tuple(bucket, key, value, expiresAtMs, fc.boolean()).map(
    ([name, one, bytes, at, createsBucket]): Change =>
      (store) =>
        store.put(name, [{ key: one, value: bytes, expiresAtMs: at }], { createsBucket }),
  ),
  fc.tuple(bucket, key).map(
    ([name, one]): Change =>
      (store) =>
        store.delete(name, [one]),
  ),
  fc.tuple(bucket, fc.option(key, { nil: undefined }), expiresAtMs).map(
    ([name, one, at]): Change =>
      (store) =>
        store.expire(name, one, at),
  ),
);
const changes = fc.array(change, { maxLength: 12 });

async function apply(bench: CommandBench, drawn: readonly Change[]): Promise<void> {
  for (const each of drawn) await each(bench.store);
}

async function checksumOf(bench: CommandBench): Promise<string> {
  return (await bench.run(checksumCommand)).result.checksum;
}

suite("a delta", () => {
  test("makes of what was exported while the node was written to what is there at the end", async () => {
    await using folder = await openFolder();
    let number = 0;
    const property = fc.asyncProperty(
      fc.array(change, { maxLength: 25 }),
      changes,
      changes,
      async (before, meanwhile, after) => {
        const [source, target] = [new CommandBench(), new CommandBench("target")];
        const whole = folder.file(`whole-${++number}`);
        const delta = folder.file(`delta-${number}`);
        await apply(source, before);
        const pending = [...meanwhile];
        await source.run(exportCommand, {
          words: [whole],
          cut: (bytes) => {
            void pending.shift()?.(source.store);
            return bytes;
          },
        });
        await target.run(importCommand, { words: [whole] });
        await apply(source, after);
        await source.run(exportCommand, { words: [delta], options: { since: whole } });
        // Twice: what was broken off is done again.
        for (let count = 0; count < 2; count++) await target.run(importCommand, { words: [delta] });
        assert.deepEqual(await contentsOf(target), await contentsOf(source));
        assert.equal(await checksumOf(target), await checksumOf(source));
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  test("reads no value of a key that is as it was, and nothing of such a bucket", async () => {
    await using folder = await openFolder();
    const source = new CommandBench();
    const [still = key0(), touched = key0()] = buckets;
    for (const name of [still, touched]) {
      await source.store.createBucket(name);
      for (const one of keys) await source.store.put(name, [{ key: one, value: one }]);
    }
    const [whole, delta] = [folder.file("whole"), folder.file("delta")];
    await source.run(exportCommand, { words: [whole] });
    await source.store.put(touched, [{ key: key0(), value: Buffer.from("new") }]);
    const read: Uint8Array[] = [];
    const get = source.store.get.bind(source.store);
    source.store.get = (name, one) => {
      read.push(name, one);
      return get(name, one);
    };
    const { result } = await source.run(exportCommand, {
      words: [delta],
      options: { since: whole },
    });
    assert.equal(
      Buffer.concat(read).toString("hex"),
      Buffer.concat([touched, key0()]).toString("hex"),
    );
    assert.partialDeepStrictEqual(result, { buckets: 1, keys: 1, dropped: 0, deleted: 0 });
  });

  test("drops no bucket that another node serves now, and replaces all of one that is new here", async () => {
    await using folder = await openFolder();
    const [old, base, delta] = [folder.file("old"), folder.file("base"), folder.file("delta")];
    const [moved, here] = [Buffer.from("moved"), Buffer.from("here")];
    const was = new CommandBench();
    await was.store.createBucket(moved);
    const fields = ["gone", "k"].map((name) => ({ key: Buffer.from(name), value: here }));
    await was.store.put(moved, fields);
    await was.run(exportCommand, { words: [old] });
    const target = new CommandBench("target");
    await target.run(importCommand, { words: [old] });
    // At its new owner, where one of the keys goes.
    const owner = new CommandBench();
    await owner.store.createBucket(here);
    await owner.run(exportCommand, { words: [base] });
    await owner.store.createBucket(moved);
    await owner.store.put(moved, fields.slice(1));
    await owner.run(exportCommand, { words: [delta], options: { since: base } });
    await target.run(importCommand, { words: [delta] });
    const there = await contentsOf(target);
    // Its former owner's delta comes last, and takes nothing away.
    await was.store.dropBucket(moved);
    Object.assign(was.kv, { describeBucket: () => owner.store.describeBucket(moved) });
    const since = { words: [delta], options: { since: old, overwrite: true } };
    assert.partialDeepStrictEqual((await was.run(exportCommand, since)).result, { dropped: 0 });
    await target.run(importCommand, { words: [delta] });
    assert.deepEqual(await contentsOf(target), there);
    await owner.store.dropBucket(here);
    assert.deepEqual(there, await contentsOf(owner));
  });

  test("is refused of what is no whole export, or another node's, and leaves no file", async () => {
    await using folder = await openFolder();
    const source = new CommandBench();
    await source.store.createBucket(Buffer.from("a"));
    const [whole, cut, damaged, delta] = ["whole", "cut", "damaged", "delta"].map((name) =>
      folder.file(name),
    );
    assert.ok(whole !== undefined && cut !== undefined && damaged !== undefined);
    assert.ok(delta !== undefined);
    await source.run(exportCommand, { words: [whole] });
    const bytes = await readFile(whole);
    await writeFile(cut, bytes.subarray(0, bytes.length - 5));
    await writeFile(damaged, Buffer.from(bytes.toString().replace('"a"', '"b"')));
    const since = async (file: string, bench = source): Promise<unknown> =>
      await bench.run(exportCommand, { words: [delta], options: { since: file } });
    await assert.rejects(since(cut), /it has no end; export --resume finishes it/u);
    await assert.rejects(since(damaged), /it is damaged/u);
    await assert.rejects(since(folder.file("nowhere")), /there is no such file/u);
    await assert.rejects(readFile(delta), { code: "ENOENT" });
    await assert.rejects(
      since(whole, new CommandBench("other")),
      /the earlier export is of node "toy@here", and this is "other@here"/u,
    );
    await source.run(exportCommand, {
      words: [delta],
      options: { since: whole, overwrite: true },
    });
    await assert.rejects(since(delta), /it is no whole export/u);
  });

  test("that is cut or damaged is not imported", async () => {
    await using folder = await openFolder();
    const source = new CommandBench();
    const [whole, delta] = [folder.file("whole"), folder.file("delta")];
    await source.store.createBucket(Buffer.from("a"));
    await source.run(exportCommand, { words: [whole] });
    await source.store.dropBucket(Buffer.from("a"));
    await source.run(exportCommand, { words: [delta], options: { since: whole } });
    const bytes = await readFile(delta);
    const target = new CommandBench("target");
    await target.store.createBucket(Buffer.from("a"));
    const importing = async (): Promise<unknown> =>
      await target.run(importCommand, { words: [delta] });
    await writeFile(delta, bytes.subarray(0, bytes.indexOf("{", 1)));
    await assert.rejects(importing(), /it has no end/u);
    await writeFile(delta, Buffer.from(bytes.toString().replace('"drop"', '"drap"')));
    await assert.rejects(importing(), /it is damaged/u);
    assert.equal((await contentsOf(target)).length, 1);
    await writeFile(delta, bytes);
    await appendFile(delta, '{"type":"drop","bucket":"b"}\n');
    await assert.rejects(importing(), /something follows its end/u);
    await writeFile(delta, bytes);
    const { result } = await target.run(importCommand, { words: [delta] });
    assert.equal(result.removed, 1);
    assert.deepEqual(await contentsOf(target), []);
  });
});

function key0(): Buffer {
  return Buffer.from("k");
}
