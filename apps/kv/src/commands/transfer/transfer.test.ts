import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { appendFile, readFile, truncate, writeFile } from "node:fs/promises";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type Contents, contentsOf } from "../../../test/contents-of.ts";
import { CommandBench, openFolder, type TypedCommand } from "../../../test/command-bench.ts";
import { exportCommand } from "./export.ts";
import { ExportScan } from "./export-scan.ts";
import { importCommand } from "./import.ts";
import { progressPath } from "./import-progress.ts";

/** Large enough for a checkpoint now and then, and few enough for many runs. */
const valueBytes = 100_000;

/** The first moment of the year 2100: ahead of the bench's clock and of the real one, by which an import judges. */
const farMs = 4_102_444_800_000;

/** Some buckets with all that an export has to keep: binary names and values, expiry, an empty bucket. */
async function fill(bench: CommandBench, keys = 60): Promise<void> {
  const { store } = bench;
  const odd = Uint8Array.of(0xff, 0x00, 0xfe);
  for (const bucket of [Buffer.from("shopping"), Buffer.from("empty"), odd, Buffer.from("ähre")]) {
    await store.createBucket(bucket);
  }
  await store.put(Buffer.from("hash"), [{ key: odd, value: odd }], { createsBucket: true });
  await store.put(Buffer.from("timed"), [{ key: odd, value: odd }], { createsBucket: true });
  await store.expire(Buffer.from("timed"), undefined, farMs);
  await store.expire(odd, undefined, bench.nowMs + 10_000_000);
  await store.expire(Buffer.from("empty"), undefined, bench.nowMs + 20_000_000);
  for (let at = 0; at < keys; at++) {
    const value = Buffer.alloc(valueBytes, `${at} `);
    const expiresAtMs = at % 3 === 0 ? bench.nowMs + 5_000_000 + at : undefined;
    await store.put(Buffer.from("shopping"), [{ key: Buffer.from(`k${at}`), value, expiresAtMs }]);
  }
  await store.put(odd, [
    { key: odd, value: odd },
    { key: new Uint8Array(), value: new Uint8Array() },
    { key: Buffer.from('"\\\n\u0000'), value: Buffer.from("\ufeff\u2028\ud83d\ude00") },
  ]);
}

async function scanned(file: string) {
  const scan = new ExportScan();
  scan.push(await readFile(file));
  return scan.end();
}

async function importInto(file: string, typed: TypedCommand = {}): Promise<Contents> {
  const target = new CommandBench("target");
  await target.run(importCommand, { ...typed, words: [file] });
  return await contentsOf(target);
}

/** Lets through so many bytes. */
function cutAfter(limitBytes: number): (bytes: Uint8Array) => Uint8Array {
  let left = limitBytes;
  return (bytes) => {
    const piece = bytes.length <= left ? bytes : bytes.subarray(0, left);
    left -= piece.length;
    return piece;
  };
}

suite("export and import", () => {
  test("keep everything: any bytes, expiry, buckets without keys", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    await fill(bench);
    const file = folder.file("x");
    const { result } = await bench.run(exportCommand, { words: [file] });
    assert.partialDeepStrictEqual(result, { buckets: 6, keys: 65, resumedAtBytes: 0 });
    assert.deepEqual(await importInto(file), await contentsOf(bench));
    assert.ok((await scanned(file)).resume !== undefined, "there were checkpoints");
  });

  test("of standard output and input are the same", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    await fill(bench);
    const { written, result } = await bench.run(exportCommand);
    assert.equal(result, undefined);
    const target = new CommandBench("target");
    const file = folder.file("x");
    await writeFile(file, written);
    await target.run(importCommand, { words: ["-"], input: pieces(written) });
    assert.deepEqual(await contentsOf(target), await contentsOf(bench));
  });

  test("of nothing at all", async () => {
    await using folder = await openFolder();
    const file = folder.file("x");
    await new CommandBench().run(exportCommand, { words: [file] });
    assert.deepEqual(await importInto(file), []);
  });

  test("replace what is there, and leave the rest", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    await bench.store.createBucket(Buffer.from("b"));
    await bench.store.put(Buffer.from("b"), [{ key: Buffer.from("k"), value: Buffer.from("new") }]);
    const file = folder.file("x");
    await bench.run(exportCommand, { words: [file] });
    const target = new CommandBench("target");
    await target.store.createBucket(Buffer.from("b"));
    await target.store.expire(Buffer.from("b"), undefined, target.nowMs + 1);
    for (const key of ["k", "l"]) {
      await target.store.put(Buffer.from("b"), [
        { key: Buffer.from(key), value: Buffer.from("old") },
      ]);
    }
    await target.run(importCommand, { words: [file] });
    target.nowMs += 100;
    assert.deepEqual(await contentsOf(target), [
      "62 6b 6e6577 undefined",
      "62 6c 6f6c64 undefined",
      "62 undefined kept",
    ]);
  });

  test("keep a bucket that goes with its last key one that does, with its time", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    const [hash, timed] = [Buffer.from("hash"), Buffer.from("timed")];
    const key = Buffer.from("k");
    for (const bucket of [hash, timed]) {
      await bench.store.put(bucket, [{ key, value: key }], { createsBucket: true });
    }
    await bench.store.expire(timed, undefined, farMs);
    const file = folder.file("x");
    await bench.run(exportCommand, { words: [file] });
    const target = new CommandBench("target");
    await target.store.createBucket(timed);
    await target.store.createBucket(hash);
    await target.store.dropBucket(hash);
    await target.run(importCommand, { words: [file] });
    assert.deepEqual(await contentsOf(target), [
      "68617368 6b 6b undefined",
      "68617368 undefined transient",
      `74696d6564 ${farMs} kept`,
      "74696d6564 6b 6b undefined",
    ]);
    await target.store.delete(hash, [key]);
    assert.equal((await target.store.describeBucket(hash)).outcome.type, "no-bucket");
  });

  test("bring no bucket back that goes with its last key, whose time is over", async () => {
    await using folder = await openFolder();
    const file = folder.file("x");
    const lines = [
      { type: "bucket", bucket: "over", expiresAtMs: 1, lifetime: "transient" },
      { type: "key", bucket: "over", key: "k", value: "v" },
      { type: "bucket", bucket: "none", lifetime: "transient" },
      { type: "bucket", bucket: "lapsed", lifetime: "transient" },
      { type: "key", bucket: "lapsed", key: "k", value: "v", expiresAtMs: 1 },
    ];
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    assert.deepEqual(await importInto(file, { options: { incomplete: true } }), []);
  });
});

suite("an export that was broken off", () => {
  test("at any byte goes on, with the store open or opened anew, to the same contents", async () => {
    const bench = new CommandBench();
    await fill(bench);
    const contents = await contentsOf(bench);
    const whole = (await bench.run(exportCommand)).written;
    const property = fc.asyncProperty(
      fc.nat({ max: whole.length }),
      fc.boolean(),
      fc.boolean(),
      async (at, isReopened, isTorn) => {
        await using folder = await openFolder();
        const file = folder.file("x");
        await assert
          .rejects(bench.run(exportCommand, { words: [file], cut: cutAfter(at) }), {
            code: "COMMAND_REMOTE",
            message: /--resume goes on where it stopped/u,
          })
          .catch((error: unknown) => {
            if (at < whole.length) throw error;
          });
        // A power failure may leave bytes that nobody wrote.
        if (isTorn && at > 100) await appendFile(file, new Uint8Array(5000));
        bench.opening = isReopened ? `opened for ${at}` : bench.opening;
        const { result } = await bench.run(exportCommand, {
          words: [file],
          options: { resume: true },
        });
        const scan = await scanned(file);
        assert.ok(scan.isComplete && scan.flaw === undefined);
        assert.deepEqual(scan.tally.keys, 65);
        assert.equal(result?.bytes, scan.sizeBytes);
        assert.deepEqual(await importInto(file), contents);
      },
    );
    await fc.assert(property, {
      numRuns: 25,
      examples: [
        [0, false, false],
        [whole.length, false, false],
        [whole.length - 1, false, true],
        [whole.length - 1, true, false],
      ],
    });
  });

  test("does not do again what stands before its last checkpoint", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    await fill(bench);
    const file = folder.file("x");
    await assert.rejects(
      bench.run(exportCommand, { words: [file], cut: cutAfter(5_000_000) }),
      /--resume/u,
    );
    const { result } = await bench.run(exportCommand, { words: [file], options: { resume: true } });
    assert.ok((result?.resumedAtBytes ?? 0) > 3_000_000, String(result?.resumedAtBytes));
  });

  test("goes on before a byte that has changed since", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    await fill(bench);
    const file = folder.file("x");
    await bench.run(exportCommand, { words: [file] });
    const bytes = await readFile(file);
    bytes[4_000_000] = (bytes[4_000_000] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await assert.rejects(importInto(file), /it is damaged: what stands before byte \d+ is not/u);
    const { result } = await bench.run(exportCommand, { words: [file], options: { resume: true } });
    assert.ok((result?.resumedAtBytes ?? Infinity) < 4_000_000);
    assert.deepEqual(await importInto(file), await contentsOf(bench));
  });

  test("of another node, or of a later version, or that is none, is left alone", async () => {
    await using folder = await openFolder();
    const file = folder.file("x");
    const bench = new CommandBench();
    await fill(bench);
    await assert.rejects(
      bench.run(exportCommand, { words: [file], cut: cutAfter(4_000_000) }),
      /--resume/u,
    );
    const resume = { words: [file], options: { resume: true } };
    const before = await readFile(file);
    await assert.rejects(new CommandBench("other").run(exportCommand, resume), {
      message:
        'Cannot go on with the export: it was begun on node "toy@here", and this is "other@here"',
    });
    assert.ok(before.equals(await readFile(file)));
    for (const text of ["root:x:0:0\n", '{"type":"export","version":2,"node":"toy@here"}\n']) {
      await writeFile(file, text);
      await assert.rejects(
        bench.run(exportCommand, resume),
        /^ApplicationError: Cannot go on with/u,
      );
      assert.equal(await readFile(file, "utf8"), text);
    }
  });

  test("is not overwritten unless that is asked for", async () => {
    await using folder = await openFolder();
    const file = folder.file("x");
    await writeFile(file, "mine");
    const bench = new CommandBench();
    await assert.rejects(bench.run(exportCommand, { words: [file] }), /the file is there/u);
    assert.equal(await readFile(file, "utf8"), "mine");
    await bench.run(exportCommand, { words: [file], options: { overwrite: true } });
    assert.ok((await scanned(file)).isComplete);
  });

  test("is noticed by import, before anything is put", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    await fill(bench, 3);
    const file = folder.file("x");
    await bench.run(exportCommand, { words: [file] });
    await truncate(file, 250_000);
    const target = new CommandBench("target");
    await assert.rejects(target.run(importCommand, { words: [file] }), /it has no end: 3 keys/u);
    assert.deepEqual(await contentsOf(target), []);
    const { result } = await target.run(importCommand, {
      words: [file],
      options: { incomplete: true },
    });
    assert.partialDeepStrictEqual(result, { keys: 3 });
    assert.ok(result.cutBytes > 0);
  });
});

suite("an import that was broken off", () => {
  test("behind any batch goes on there, on the same node only", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    await fill(bench);
    const file = folder.file("x");
    await bench.run(exportCommand, { words: [file] });
    for (const batches of [1, 3]) {
      const target = new CommandBench("target");
      let printed = 0;
      const isLostAfter = (): boolean => ++printed === batches;
      await assert.rejects(target.run(importCommand, { words: [file], isLostAfter }), {
        message: /import ".*" --resume goes on where it stopped/u,
      });
      assert.ok(existsSync(progressPath(file)));
      const resume = { words: [file], options: { resume: true } };
      await assert.rejects(
        new CommandBench("other").run(importCommand, resume),
        /begun on node "target@here", and this is "other@here"/u,
      );
      const { result } = await target.run(importCommand, resume);
      assert.ok(result.resumedAtLine > 0);
      assert.equal(result.keys, 65);
      assert.deepEqual(await contentsOf(target), await contentsOf(bench));
      assert.ok(!existsSync(progressPath(file)));
    }
  });

  test("of a file that has changed since is not gone on with", async () => {
    await using folder = await openFolder();
    const bench = new CommandBench();
    await fill(bench);
    const file = folder.file("x");
    await bench.run(exportCommand, { words: [file] });
    const target = new CommandBench("target");
    await assert.rejects(
      target.run(importCommand, { words: [file], isLostAfter: () => true }),
      /--resume/u,
    );
    await bench.store.put(Buffer.from("shopping"), [
      { key: Buffer.from("k0"), value: Buffer.from("1") },
    ]);
    await bench.run(exportCommand, { words: [file], options: { overwrite: true } });
    await assert.rejects(
      target.run(importCommand, { words: [file], options: { resume: true } }),
      /it is not the file whose import was begun/u,
    );
  });

  test("does not bring a bucket back that has expired meanwhile", async () => {
    await using folder = await openFolder();
    const file = folder.file("x");
    const bucket = { bucket: "brief", expiresAtMs: 1 };
    const lines = [
      { type: "bucket", ...bucket },
      ...Array.from({ length: 3 }, (_, at) => ({
        type: "key",
        bucket: "brief",
        key: `k${at}`,
        value: "x".repeat(600_000),
      })),
    ];
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const target = new CommandBench("target");
    const typed = { words: [file], options: { incomplete: true } };
    await assert.rejects(
      target.run(importCommand, { ...typed, isLostAfter: () => true }),
      /--resume/u,
    );
    const { result } = await target.run(importCommand, {
      words: [file],
      options: { incomplete: true, resume: true },
    });
    assert.partialDeepStrictEqual(result, { keys: 0, skipped: 3, resumedAtLine: 3 });
    assert.deepEqual(await contentsOf(target), []);
  });

  test("by a line that is none names it, and keeps what stands before", async () => {
    await using folder = await openFolder();
    const file = folder.file("x");
    const good = '{"type":"key","bucket":"b","key":"k","value":"v"}\n';
    await writeFile(file, `${good}{"type":"secret of somebody"}\n`);
    const target = new CommandBench("target");
    await assert.rejects(
      target.run(importCommand, { words: [file], options: { incomplete: true } }),
      {
        message: "Cannot import line 2: it is no line of an export",
      },
    );
    assert.deepEqual(await contentsOf(target), ["62 6b 76 undefined", "62 undefined kept"]);
  });
});

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 77_777) yield bytes.subarray(at, at + 77_777);
}
