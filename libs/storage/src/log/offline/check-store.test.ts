import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isStorageError } from "../../errors.ts";
import type { StorageErrorCode } from "../../errors.ts";
import { openLogStore } from "../open-log-store.ts";
import { type Content, SimulatedMachine } from "../simulation/simulated-machine.ts";
import { encodeSegmentHeader } from "../format/segment-header.ts";
import type { CheckReport, Finding } from "./check-report.ts";
import { checkStore } from "./check-store.ts";
import { anyHarm, flipped, harmed } from "./testing/harm-files.ts";
import { stateOf } from "./testing/state-of.ts";
import { DIRECTORY, writeStore } from "./testing/write-store.ts";

function check(content: Content): Promise<CheckReport> {
  return checkStore({
    directory: DIRECTORY,
    files: SimulatedMachine.holding(DIRECTORY, content),
  });
}

function without(content: Content, ...names: readonly string[]): Content {
  return new Map([...content].filter(([name]) => !names.includes(name)));
}

function damageIn({ findings }: CheckReport): readonly Finding[] {
  return findings.filter(({ severity }) => severity === "damage");
}

function isFailure(code: StorageErrorCode, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStorageError(error, code), String(error));
    assert.match(error.message, text);
    return true;
  };
}

const sealed = await writeStore();
const killed = await writeStore({ isClosed: false });
const withSnapshot = await writeStore({ hasSnapshot: true, isCompacted: true });
const behindSnapshot = await writeStore({ hasSnapshot: true, goesOn: true });

test("checkStore() tells what a store holds, and that nothing is wrong with it", async () => {
  const report = await check(sealed);
  assert.deepEqual(
    { ...report, segments: report.segments.length },
    {
      directory: DIRECTORY,
      storeId: "07".repeat(16),
      formatVersion: 3,
      sealed: true,
      segments: 5,
      keys: 8,
      buckets: 6,
      liveBytes: report.liveBytes,
      deadBytes: report.deadBytes,
      lastRevision: 30,
      snapshot: { state: "none" },
      findings: [],
      isSound: true,
    },
  );
  const logBytes = [...sealed.values()].reduce((sum, { length }) => sum + length, 0) - 68;
  assert.equal(report.liveBytes + report.deadBytes, logBytes);
  assert.deepEqual(JSON.parse(JSON.stringify(report)), report);

  assert.deepEqual(await check(killed), { ...report, sealed: false });
  const snapshot = await check(withSnapshot);
  assert.deepEqual(snapshot.snapshot, { state: "good", keys: 8 });
  assert.deepEqual([snapshot.keys, snapshot.findings], [8, []]);
  const behind = await check(behindSnapshot);
  assert.deepEqual(behind.snapshot, { state: "good", keys: 8 });
  assert.deepEqual([behind.keys, behind.findings], [10, []]);
});

test("checkStore() names file and place of every flipped bit of a sealed store", async () => {
  const small = await writeStore({ isSmall: true, hasSnapshot: true });
  for (const [name, bytes] of small) {
    // Of the snapshot, which has tests of its own, some.
    const step = name === "SNAPSHOT" ? 9 : 1;
    for (let at = 0; at < bytes.length; at += step) {
      const report = await check(new Map(small).set(name, flipped(bytes, at, 1 << (at % 8))));
      const what = `${name}, byte ${at}: ${JSON.stringify(report.findings)}`;
      const path = join(DIRECTORY, name);
      const found = report.findings.find((finding) => finding.path === path);
      assert.ok(found, what);
      const isNear = found.offsetBytes <= at && at < found.offsetBytes + 150;
      assert.ok(isNear || name === "SNAPSHOT", what);
      const others = report.findings.filter((finding) => finding !== found);
      const isSnapshotUseless = others.every(({ path: other, severity }) => {
        return severity === "note" && other.endsWith("/SNAPSHOT");
      });
      assert.ok(isSnapshotUseless, what);
      // Without a snapshot a start has all it needs.
      assert.equal(report.isSound, name === "SNAPSHOT", what);
      if (name === "SNAPSHOT") assert.equal(report.snapshot.state, "unusable", what);
    }
  }
});

test("checkStore() goes on behind damage, and tells of all of it", async () => {
  const places = [
    ["00000001.log", 10],
    ["00000002.log", 100],
    ["00000002.log", 500],
    ["00000004.log", 300],
  ] as const;
  const files = new Map(sealed);
  for (const [name, at] of places) files.set(name, flipped(files.get(name)!, at));
  const report = await check(files);
  assert.deepEqual(
    report.findings.map(({ severity, path, offsetBytes }) => [severity, path, offsetBytes]),
    [
      ["damage", `${DIRECTORY}/00000001.log`, 0],
      ["damage", `${DIRECTORY}/00000002.log`, 64],
      ["damage", `${DIRECTORY}/00000002.log`, 484],
      ["damage", `${DIRECTORY}/00000004.log`, 291],
    ],
  );
  // What stands in the sound groups is counted.
  assert.ok(report.keys > 0 && report.lastRevision === 30);
});

test("checkStore() finds a log sound exactly when a start takes all of it, or cuts a torn tail", async () => {
  const stores = [
    sealed,
    killed,
    await writeStore({ isClosed: false, sync: "never" }),
    await writeStore({ isCompacted: true }),
  ];
  const outcomes = new Set<string>();
  const property = fc.asyncProperty(
    fc.constantFrom(...stores),
    fc.array(anyHarm, { maxLength: 2 }),
    async (content, harms) => {
      const files = harmed(content, harms);
      const [opened] = await Promise.allSettled([stateOf(files)]);
      const [checked] = await Promise.allSettled([check(files)]);
      if (checked.status === "rejected") {
        // Nothing is left of the store.
        assert.ok(isStorageError(checked.reason, "STORAGE_INACCESSIBLE"), String(checked.reason));
        return;
      }
      const { isSound, findings } = checked.value;
      const severities = new Set(findings.map(({ severity }) => severity));
      const what = JSON.stringify(findings);
      if (opened.status === "fulfilled") assert.equal(severities.has("damage"), false, what);
      else assert.ok(severities.has("damage"), `${String(opened.reason)}\n${what}`);
      assert.equal(isSound, opened.status === "fulfilled");
      outcomes.add(severities.has("torn-tail") ? "torn" : String(isSound));
    },
  );
  await fc.assert(property, { numRuns: 300 });
  // Few harms leave a torn tail and nothing else: of 300 once in a while none.
  for (let more = 0; more < 5 && outcomes.size < 3; more++) {
    await fc.assert(property, { numRuns: 300 });
  }
  assert.deepEqual([...outcomes].toSorted(), ["false", "torn", "true"]);
});

test("checkStore() tells of a torn tail, which is no damage, and does not count what is in it", async () => {
  const name = "00000005.log";
  const bytes = killed.get(name)!;
  const files = new Map(killed).set(name, bytes.slice(0, -1));
  const report = await check(files);
  const offsetBytes = bytes.length - 82;
  const reason = `a group is cut short; the next start cuts off 81 bytes, which nobody was promised, and keeps them in a file beside`;
  assert.deepEqual(report.findings, [
    { severity: "torn-tail", path: `${DIRECTORY}/${name}`, offsetBytes, reason },
  ]);
  assert.ok(report.isSound);
  assert.deepEqual([report.keys, report.lastRevision], [8, 29]);
  // With a seal, even one that does not read well, all of it was on the disk.
  const seal = sealed.get("SEAL")!;
  for (const bytesOfSeal of [seal, flipped(seal, 40)]) {
    const { isSound } = await check(new Map(files).set("SEAL", bytesOfSeal));
    assert.equal(isSound, false);
  }
  // A snapshot that knew of it proves that it was good.
  const proven = new Map(files).set(
    "SNAPSHOT",
    (await writeStore({ hasSnapshot: true })).get("SNAPSHOT")!,
  );
  assert.equal((await check(proven)).isSound, false);
});

test("checkStore() names every segment that is missing", async () => {
  const missing = async (content: Content): Promise<readonly string[]> => {
    return damageIn(await check(content)).map(
      ({ path, reason }) => `${path.slice(-12)}: ${reason}`,
    );
  };
  const names = ["00000002.log", "00000003.log"];
  assert.deepEqual(await missing(without(sealed, ...names)), [
    "00000002.log: this file and the next one are missing",
  ]);
  const unread = (await check(without(sealed, ...names))).findings.at(0);
  assert.equal(unread?.reason, "it was not looked at, since a file behind it is missing");
  assert.deepEqual(await missing(without(sealed, "00000001.log")), [
    "00000001.log: the file is missing",
  ]);
  const last = ["00000005.log: the file is missing"];
  assert.deepEqual(await missing(without(sealed, "00000005.log")), last);
  assert.deepEqual(await missing(without(sealed, "00000005.log", "00000003.log")), [
    "00000003.log: the file is missing",
    ...last,
  ]);
  const all = sealed.keys().filter((name) => name !== "SEAL");
  assert.deepEqual(await missing(without(sealed, ...all)), [
    "00000001.log: this file and the next 4 are missing",
  ]);
});

test("checkStore() notes files that the store does not need, and files that are none of it", async () => {
  const compacted = await writeStore({ isCompacted: true });
  const leftover = encodeSegmentHeader({
    storeId: new Uint8Array(16).fill(7),
    segment: 5,
    firstSequence: 25,
    firstSegment: 1,
    lastRevision: 24,
  });
  const files = new Map(compacted)
    .set("LOCK", new Uint8Array())
    .set("SEAL.new", Uint8Array.of(1))
    .set("00000001.log", Uint8Array.of(2))
    .set("00000003.log.64-2.cut", Uint8Array.of(3))
    .set("notes.txt", Uint8Array.of(4))
    .set("0000001.log", leftover);
  const report = await check(files);
  assert.ok(report.isSound);
  assert.deepEqual(
    report.findings.map(({ severity, path, reason }) => [severity, path.slice(12), reason]),
    [
      ["note", "00000001.log", "the log does not need it any more; the next start removes it"],
      [
        "note",
        "00000003.log.64-2.cut",
        "an earlier start has cut this off the log after a crash; no start needs it",
      ],
      ["note", "0000001.log", "it is no file of a store"],
      ["note", "SEAL.new", "it was not finished; the next one overwrites it"],
      ["note", "notes.txt", "it is no file of a store"],
    ],
  );
  assert.deepEqual(
    report.segments.map(({ number }) => number),
    [6, 7, 8],
  );
});

test("checkStore() takes a file of another store, or in another's place, for damage", async () => {
  const foreign = encodeSegmentHeader({
    storeId: new Uint8Array(16).fill(8),
    segment: 6,
    firstSequence: 31,
    firstSegment: 1,
    lastRevision: 30,
  });
  const added = await check(new Map(killed).set("00000006.log", foreign));
  assert.deepEqual(
    damageIn(added).map(({ reason }) => reason),
    ["the file belongs to another store"],
  );
  const swapped = new Map(killed)
    .set("00000002.log", killed.get("00000003.log")!)
    .set("00000003.log", killed.get("00000002.log")!);
  assert.deepEqual(
    damageIn(await check(swapped))
      .slice(0, 1)
      .map(({ reason }) => reason),
    ["the header is that of segment 3"],
  );
});

test("checkStore() tells a snapshot that the log contradicts from one that is of no use", async () => {
  const other = (await writeStore({ hasSnapshot: true, isSmall: true })).get("SNAPSHOT")!;
  const stale = await check(new Map(sealed).set("SNAPSHOT", other));
  // The place is in the log, and what lies behind it is replayed.
  assert.deepEqual([stale.snapshot.state, stale.findings], ["good", []]);
  const gone = await check(new Map(await writeStore({ isCompacted: true })).set("SNAPSHOT", other));
  assert.deepEqual(
    [gone.snapshot.reason, gone.isSound],
    ["the log does not have the place where it begins", true],
  );
});

test("checkStore() says where the disk does not give the bytes, and reads the rest", async () => {
  const files = SimulatedMachine.holding(DIRECTORY, sealed);
  files.faults = ({ type, path }) => {
    const isBad = type === "read" && path.endsWith("00000003.log");
    return isBad ? { type: "error", code: "EIO" } : undefined;
  };
  const report = await checkStore({ directory: DIRECTORY, files });
  assert.equal(report.isSound, false);
  assert.match(
    report.findings[0]?.reason ?? "",
    /^the disk reports an input\/output error \(EIO\) for \d+ bytes$/u,
  );
  assert.deepEqual(
    report.segments.map(({ groups }) => groups),
    [6, 6, 0, 6, 6],
  );
});

test("checkStore() tells how far it is, and stops when nobody waits", async () => {
  const files = SimulatedMachine.holding(DIRECTORY, sealed);
  const told: (readonly [number, number])[] = [];
  const onProgress = (done: number, total: number): void => void told.push([done, total]);
  await checkStore({ directory: DIRECTORY, files, onProgress });
  const total = told[0]?.[1] ?? 0;
  assert.deepEqual(told.at(-1), [total, total]);
  assert.ok(told.every(([done], at) => done >= (told[at - 1]?.[0] ?? 0)));
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  await assert.rejects(checkStore({ directory: DIRECTORY, files, signal }), reason);
  assert.equal(files.readerCount, 0);
});

test("checkStore() refuses what is no store, and makes nothing there", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await assert.rejects(
    checkStore({ directory: join(path, "missing") }),
    isFailure("STORAGE_INACCESSIBLE", /missing": it does not exist \(ENOENT\)/u),
  );
  await writeFile(join(path, "letter.txt"), "Dear");
  await assert.rejects(
    checkStore({ directory: path }),
    isFailure("STORAGE_INACCESSIBLE", /there is no store in it; name the directory that holds/u),
  );
  await assert.rejects(
    checkStore({ directory: join(path, "letter.txt") }),
    isFailure("STORAGE_INACCESSIBLE", /no directory has that name/u),
  );
  assert.deepEqual(await readdir(path), ["letter.txt"]);
});

test("checkStore() reads a store on the machine's disk, unless a node runs on it", async () => {
  await using directory = await temporaryDirectory();
  const live = join(directory.path, "live");
  {
    await using store = await openLogStore({ directory: live, clock: () => 0 });
    await (await store.createBucket(Buffer.from("b"))).durable;
    await assert.rejects(
      checkStore({ directory: live }),
      isFailure("STORAGE_LOCKED", /process \d+ holds it/u),
    );
    // A copy without the lock's files gets none: it may be on a disk that cannot be written to.
    const copy = join(directory.path, "copy");
    await openLogStore({ directory: copy, clock: () => 0 }).then((other) =>
      other[Symbol.asyncDispose](),
    );
    for (const name of await readdir(copy)) await rm(join(copy, name));
    await copyFile(join(live, "00000001.log"), join(copy, "00000001.log"));
    const report = await checkStore({ directory: copy });
    assert.deepEqual([report.isSound, report.sealed, report.buckets], [true, false, 1]);
    assert.deepEqual(await readdir(copy), ["00000001.log"]);
  }
  const { isSound, sealed: isSealed } = await checkStore({ directory: live });
  assert.deepEqual([isSound, isSealed], [true, true]);
  // The lock is free again.
  await using again = await openLogStore({ directory: live, clock: () => 0 });
  assert.equal(again.statistics().buckets, 1);
});

async function temporaryDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "kv-check-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
