import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { isStorageError } from "../errors.ts";
import { KeyIndex } from "../key-index/key-index.ts";
import { mutationNumber } from "../state/mutation-number.ts";
import { ENTRY_OVERHEAD_BYTES } from "./format/field.ts";
import { decodeSeal, encodeSeal, type Seal } from "./format/seal.ts";
import { SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import type { LogRecord } from "./format/log-record.ts";
import type { LogPosition } from "./log-position.ts";
import { type RecoveredLog, recoverLog, type RecoverLogOptions } from "./recover-log.ts";
import { SKIPPED_REVISIONS } from "./skip-revisions.ts";
import type { LoadedSnapshot, SnapshotReading } from "./snapshot/load-snapshot.ts";
import { describeIndex } from "./testing/describe-index.ts";
import { LogBuilder, pathOf, STORE_ID } from "./testing/log-builder.ts";
import { recordEvents } from "./testing/record-events.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const number = mutationNumber;
const one = number(1);
const create: LogRecord = { type: "create", bucketId: one, revision: one, name: bytes("b") };

function put(revision: number, key = "k"): LogRecord {
  const fields = [{ key: bytes(key), value: bytes(`v${revision}`) }];
  return { type: "put", bucketId: one, revision: number(revision), fields };
}

function restate(revision: number): LogRecord {
  const about = { name: bytes("b"), expiresAtMs: undefined };
  return { type: "restate", bucketId: 1, revision, ...about };
}

const drawStoreId = (): Uint8Array => new Uint8Array(16).fill(9);

function recover(disk: SimulatedDisk, options: Partial<RecoverLogOptions> = {}) {
  return recoverLog({ files: disk, directory: "/kv", drawStoreId, ...options });
}

function stateOf({ index }: RecoveredLog, disk: SimulatedDisk): string {
  return describeIndex(index, (segment) => disk.files().get(pathOf(segment)) ?? new Uint8Array());
}

/** Four segments of which the first two are not needed any more, and why. */
function compactedLog(): LogBuilder {
  const log = new LogBuilder().group(create, put(2)).segment().group(restate(2), put(3, "l"));
  log.segment().group(restate(3), put(4), put(5, "l"), { type: "trim", firstSegment: 2 });
  return log.segment().group({ type: "trim", firstSegment: 3 }, restate(5), put(6, "m"));
}

const COMPACTED = [
  "1: 62 at 6 until never",
  "  6b = 7634 at 4 until never",
  "  6c = 7635 at 5 until never",
  "  6d = 7636 at 6 until never",
].join("\n");

function sealOf(log: LogBuilder, firstSegment: number): Seal {
  const { segment, offsetBytes, sequence, lastRevision } = log.position;
  const numbers = { segment, lengthBytes: offsetBytes, lastSequence: sequence, lastRevision };
  return { storeId: log.storeId, firstSegment, ...numbers };
}

function isDamage(segment: number, offsetBytes: number, reason?: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(isStorageError(error, "STORAGE_DAMAGED"), String(error));
    assert.deepEqual(
      [error.details.path, error.details.offsetBytes],
      [pathOf(segment), offsetBytes],
    );
    if (reason !== undefined) assert.match(error.details.reason, reason);
    assert.match(
      error.message,
      /; run npm run kv -- check DIR and npm run kv -- salvage DIR NEWDIR, or restore/u,
    );
    return true;
  };
}

test("recoverLog() makes a new store of an empty directory", async () => {
  const log = await recover(new SimulatedDisk());
  assert.deepEqual(log.storeId, new Uint8Array(16).fill(9));
  assert.deepEqual(log.end, { segment: 0, lengthBytes: 0, sequence: 0 });
  assert.deepEqual([log.segments, log.firstSegment, log.skipsRevisions], [[], 1, false]);
  assert.equal(log.index.lastRevision, 0);
});

test("recoverLog() removes the segments that are not needed any more, as far as they are still there", async () => {
  for (const gone of [[], [1], [1, 2], [2]]) {
    for (const isSealed of [false, true]) {
      const log = compactedLog();
      for (const segment of gone) log.remove(segment);
      const files = log.files();
      if (isSealed) files.set("/kv/SEAL", encodeSeal(sealOf(log, 3)));
      const disk = new SimulatedDisk(files);
      const recovered = await recover(disk);
      const what = `${gone.join()} gone, ${isSealed ? "sealed" : "crashed"}`;
      assert.equal(stateOf(recovered, disk), COMPACTED, what);
      assert.equal(recovered.firstSegment, 3, what);
      const kept = [3, 4].map((segment) => ({ segment, lengthBytes: log.bytes(segment).length }));
      assert.deepEqual(recovered.segments, kept, what);
      const left = disk.afterPowerCut(64, () => 0).files();
      assert.deepEqual([...left.keys()], [pathOf(3), pathOf(4)], what);
    }
  }
});

test("recoverLog() does not remove what only a torn tail says is not needed", async () => {
  const log = new LogBuilder().group(create, put(2)).segment().group(restate(2), put(3));
  const { offsetBytes } = log.position;
  log.group({ type: "trim", firstSegment: 2 });
  const files = log.files();
  files.set(pathOf(2), log.bytes(2).slice(0, -1));
  const disk = new SimulatedDisk(files);
  const recovered = await recover(disk);
  assert.equal(recovered.firstSegment, 1);
  assert.deepEqual(recovered.end, { segment: 2, lengthBytes: offsetBytes, sequence: 2 });
  assert.ok(disk.files().has(pathOf(1)));
});

test("recoverLog() finds out by any later header that a leftover is in nobody's way", async () => {
  // The first segment is not even what it was: nobody looks at it.
  const log = compactedLog().segment().group(restate(6), put(7));
  const files = log
    .files()
    .set(pathOf(1), Uint8Array.of(1, 2, 3))
    .set(pathOf(2), new Uint8Array());
  const disk = new SimulatedDisk(files);
  const recovered = await recover(disk);
  assert.equal(recovered.index.keyCount, 3);
  assert.deepEqual([...disk.files().keys()], [3, 4, 5].map(pathOf));
});

test("recoverLog() takes a segment that is needed and missing for damage", async () => {
  for (const missing of [3, 4]) {
    const log = compactedLog().segment().group(restate(6), put(7)).remove(missing);
    await assert.rejects(recover(new SimulatedDisk(log.files())), isDamage(missing, 0, /missing/u));
  }
  // With the trim that would have said so missing, an older one is.
  const before = compactedLog().remove(4).remove(1);
  await assert.rejects(
    recover(new SimulatedDisk(before.remove(2).files())),
    isDamage(2, 0, /missing/u),
  );
  const nothing = new SimulatedDisk(compactedLog().remove(1).remove(2).remove(3).files());
  await assert.rejects(recover(nothing), isDamage(3, 0, /missing/u));
});

test("recoverLog() names a segment whose header is damaged, not the one before it that has gone", async () => {
  // What says that segment 2 is not needed stands behind it.
  const log = new LogBuilder().group(create, put(2)).segment().group(restate(2), put(3));
  log.segment().group(restate(3), put(4), { type: "trim", firstSegment: 3 });
  const last = log.remove(1).remove(2);
  const whole = last.files();
  assert.equal((await recover(new SimulatedDisk(whole))).firstSegment, 3);
  const changed = Uint8Array.from(whole.get(pathOf(3)) ?? []);
  changed[20] = (changed[20] ?? 0) ^ 0x01;
  for (const seal of [[], [["/kv/SEAL", encodeSeal(sealOf(log, 1))] as const]]) {
    const disk = new SimulatedDisk([...whole.set(pathOf(3), changed), ...seal]);
    await assert.rejects(recover(disk), isDamage(3, 0, /header/u));
  }
});

test("recoverLog() takes a snapshot away that was not finished", async () => {
  const disk = new SimulatedDisk(compactedLog().files().set("/kv/SNAPSHOT.new", Uint8Array.of(1)));
  await recover(disk);
  assert.equal(disk.files().has("/kv/SNAPSHOT.new"), false);
});

test("recoverLog() refuses a compacted log with any byte changed that is needed, when it is sealed", async () => {
  const log = compactedLog().remove(1).remove(2);
  const files = log.files().set("/kv/SEAL", encodeSeal(sealOf(log, 3)));
  for (const [path, whole] of files) {
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x08;
      const disk = new SimulatedDisk(new Map(files).set(path, changed));
      await assert.rejects(
        recover(disk),
        (error) => isStorageError(error, "STORAGE_DAMAGED"),
        `${path}, byte ${at}`,
      );
    }
  }
});

test("recoverLog() refuses a log that begins later than its seal says", async () => {
  const log = compactedLog();
  const files = log.files().set("/kv/SEAL", encodeSeal(sealOf(log, 2)));
  await assert.rejects(recover(new SimulatedDisk(files)), (error) => {
    return isStorageError(error, "STORAGE_DAMAGED") && /begins with segment 3/u.test(error.message);
  });
  assert.ok(decodeSeal(encodeSeal(sealOf(log, 2))).type === "seal");
});

test("recoverLog() tells how far it has come", async () => {
  const log = compactedLog();
  const told: (readonly [number, number])[] = [];
  await recover(new SimulatedDisk(log.files()), {
    onProgress: (doneBytes, totalBytes) => told.push([doneBytes, totalBytes]),
  });
  // The header of the last segment says that the first one is not needed.
  const lengths = [2, 3, 4].map((segment) => log.bytes(segment).length);
  const [first = 0, second = 0, third = 0] = lengths;
  const totalBytes = first + second + third;
  assert.deepEqual(told, [
    [first, totalBytes],
    [first + second, totalBytes],
    [totalBytes, totalBytes],
  ]);
});

test("recoverLog() names a store of version 1 as one", async () => {
  const header = Uint8Array.from(new LogBuilder().bytes(1)).subarray(0, 44);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  view.setUint32(4, 1, true);
  view.setUint32(40, crc32(header.subarray(0, 40)), true);
  await assert.rejects(recover(new SimulatedDisk([[pathOf(1), header]])), (error) => {
    assert.ok(isStorageError(error, "STORAGE_FORMAT"));
    assert.deepEqual(error.details, { path: pathOf(1), found: 1, supported: 3 });
    return true;
  });
});

/** A log of three segments, a snapshot of its second half, and the snapshot's index. */
function logWithSnapshot() {
  const log = new LogBuilder().group(create, put(2)).segment().group(restate(2), put(3, "l"));
  const from = log.position;
  const whole = replayedIndex(log);
  log.group(put(4)).segment().group(restate(4), put(5, "m"));
  const endSequence = log.position.sequence;
  log.group(put(6, "n"));
  return { log, from, endSequence, whole };
}

/** The index that the log says, without its values being looked at. */
function replayedIndex(log: LogBuilder): () => Promise<KeyIndex> {
  const files = log.files();
  return async () => (await recover(new SimulatedDisk(files))).index;
}

function snapshotOf(
  index: KeyIndex,
  from: LogPosition,
  endSequence: number,
  about: Partial<LoadedSnapshot> = {},
): () => Promise<SnapshotReading> {
  index.lastRevision = from.lastRevision;
  const rest = { from, endSequence, storeId: STORE_ID, firstSegment: 1, keys: 2, ...about };
  return async () => ({ type: "snapshot", index, ...rest });
}

const WHOLE = [
  "1: 62 at 6 until never",
  "  6b = 7634 at 4 until never",
  "  6c = 7633 at 3 until never",
  "  6d = 7635 at 5 until never",
  "  6e = 7636 at 6 until never",
].join("\n");

test("recoverLog() goes on from a snapshot, and comes to the same as without", async () => {
  const { log, from, endSequence, whole } = logWithSnapshot();
  const disk = new SimulatedDisk(log.files());
  const plain = await recover(disk.afterKill());
  assert.equal(stateOf(plain, disk), WHOLE);
  assert.deepEqual([plain.recoveredFrom, plain.replayedRecords], ["log", 8]);

  const loadSnapshot = snapshotOf(await whole(), from, endSequence);
  const told: number[] = [];
  const onProgress = (_doneBytes: number, totalBytes: number): void => void told.push(totalBytes);
  const recovered = await recover(disk, { loadSnapshot, onProgress });
  assert.equal(stateOf(recovered, disk), WHOLE);
  assert.deepEqual([recovered.recoveredFrom, recovered.replayedRecords], ["snapshot", 4]);
  assert.deepEqual(recovered.end, plain.end);
  assert.deepEqual(recovered.segments, plain.segments);
  assert.equal(recovered.index.lastRevision, 6 + SKIPPED_REVISIONS);
  const readBytes = log.bytes(2).length + log.bytes(3).length;
  assert.deepEqual(told, [readBytes, readBytes]);
});

test("recoverLog() does without a snapshot that is of no use, and says why", async () => {
  const { log, from, endSequence, whole } = logWithSnapshot();
  const index = await whole();
  const end = { ...from, offsetBytes: from.offsetBytes - 1 };
  const other = { storeId: new Uint8Array(16) };
  const cases: readonly (readonly [RegExp, () => Promise<SnapshotReading>])[] = [
    [/another store/u, snapshotOf(index, from, 1e9, other)],
    [/no good/u, async () => ({ type: "unusable", reason: "it is no good" })],
    [/the place/u, snapshotOf(index, end, endSequence)],
    [/the place/u, snapshotOf(index, { ...from, segment: 1 }, endSequence)],
    [/the place/u, snapshotOf(index, { ...from, sequence: 1 }, endSequence)],
    [/the place/u, snapshotOf(index, { ...from, offsetBytes: 1e6 }, endSequence)],
  ];
  for (const [reason, loadSnapshot] of cases) {
    using recorded = recordEvents();
    const disk = new SimulatedDisk(log.files());
    const recovered = await recover(disk, { loadSnapshot });
    assert.equal(stateOf(recovered, disk), WHOLE);
    assert.equal(recovered.recoveredFrom, "log");
    const told = recorded.events.filter(({ type }) => type === "snapshot-unusable");
    assert.equal(told.length, 1);
    assert.match(told[0]?.message ?? "", reason);
  }
  using recorded = recordEvents();
  await recover(new SimulatedDisk(log.files()), { loadSnapshot: async () => ({ type: "none" }) });
  assert.deepEqual(recorded.events, []);
});

test("recoverLog() does without a snapshot that begins in a segment that is gone", async () => {
  const log = compactedLog();
  const index = await replayedIndex(new LogBuilder().group(create, put(2)))();
  const from = { segment: 1, offsetBytes: log.bytes(1).length, sequence: 1, lastRevision: 2 };
  for (const gone of [[1], [1, 2]]) {
    for (const segment of gone) log.remove(segment);
    using recorded = recordEvents();
    const disk = new SimulatedDisk(log.files());
    const recovered = await recover(disk, { loadSnapshot: snapshotOf(index, from, 1) });
    assert.equal(stateOf(recovered, disk), COMPACTED);
    assert.ok(recorded.events.some(({ type }) => type === "snapshot-unusable"));
  }
});

test("recoverLog() takes a log that ends before its snapshot for damage, at whatever byte", async () => {
  const { log, from, endSequence, whole } = logWithSnapshot();
  const index = await whole();
  const last = log.bytes(3);
  const proven = last.length - (last.length - SEGMENT_HEADER_BYTES) / 2;
  for (let length = 0; length <= last.length; length++) {
    const files = log.files().set(pathOf(3), last.slice(0, length));
    const disk = new SimulatedDisk(files);
    const recovering = recover(disk, { loadSnapshot: snapshotOf(index, from, endSequence) });
    const isProven = await recovering.then(
      () => true,
      (error) => !isStorageError(error, "STORAGE_DAMAGED"),
    );
    // The two groups of the segment are of about one length: the first one is proven.
    if (length < proven - 20) assert.ok(!isProven, `cut at ${length}`);
    if (length > proven + 20) assert.ok(isProven, `cut at ${length}`);
    if (!isProven) assert.deepEqual(disk.files(), files, "a refused log was written to");
  }
  const without = new SimulatedDisk(log.remove(3).files());
  const loadSnapshot = snapshotOf(index, from, endSequence);
  const offsetBytes = log.bytes(2).length;
  await assert.rejects(
    recover(without, { loadSnapshot }),
    isDamage(2, offsetBytes, /group 4, which the snapshot proves/u),
  );
  const none = new SimulatedDisk([["/kv/SNAPSHOT", Uint8Array.of(1)]]);
  await assert.rejects(recover(none, { loadSnapshot }), isDamage(1, 0, /missing/u));
});

test("recoverLog() takes damage for damage that only an unusable snapshot proves", async () => {
  const { log, from, endSequence, whole } = logWithSnapshot();
  const cut = new SimulatedDisk([
    [pathOf(1), log.bytes(1)],
    [pathOf(2), log.bytes(2).slice(0, from.offsetBytes - 1)],
  ]);
  const loadSnapshot = snapshotOf(await whole(), from, endSequence);
  await assert.rejects(recover(cut, { loadSnapshot }), isDamage(2, SEGMENT_HEADER_BYTES));
});

test("recoverLog() looks at the headers of the segments before the snapshot, and that none is missing", async () => {
  const { log, endSequence } = logWithSnapshot();
  const { position } = log;
  const index = await replayedIndex(log)();
  const loadSnapshot = snapshotOf(index, position, endSequence);
  const disk = new SimulatedDisk(log.files());
  assert.equal((await recover(disk, { loadSnapshot })).replayedRecords, 0);
  for (const segment of [1, 2]) {
    const without = log.files();
    without.delete(pathOf(segment));
    await assert.rejects(
      recover(new SimulatedDisk(without), { loadSnapshot }),
      isDamage(segment, 0, /missing/u),
    );
    for (let at = 0; at < SEGMENT_HEADER_BYTES; at++) {
      const changed = Uint8Array.from(log.bytes(segment));
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      const damaged = new SimulatedDisk(log.files().set(pathOf(segment), changed));
      await assert.rejects(recover(damaged, { loadSnapshot }), isDamage(segment, 0), `byte ${at}`);
    }
  }
});

test("recoverLog() does not write again what a snapshot proves to be on the disk", async () => {
  const { log, from, whole } = logWithSnapshot();
  const disk = new SimulatedDisk(log.files());
  let writtenBytes = 0;
  disk.faults = ({ type }) => {
    if (type === "write") writtenBytes += 1;
    return undefined;
  };
  const { sequence } = log.position;
  await recover(disk, { loadSnapshot: snapshotOf(await whole(), from, sequence) });
  assert.equal(writtenBytes, 0);
});

test("recoverLog() that fails at any call, and then loses the power, leaves a log that says the same", async () => {
  const found = new SimulatedDisk(compactedLog().files());
  let callCount = Number.POSITIVE_INFINITY;
  for (let index = 0; index < callCount; index++) {
    const disk = found.afterKill();
    let calls = 0;
    disk.faults = () => (calls++ === index ? { type: "error", code: "EIO" } : undefined);
    if (
      await recover(disk).then(
        () => true,
        () => false,
      )
    )
      callCount = calls;
    disk.faults = () => undefined;
    for (const after of [disk.afterKill(), disk.afterPowerCut(16, () => 0)]) {
      const recovered = await recover(after);
      assert.equal(stateOf(recovered, after), COMPACTED, `call ${index}`);
    }
  }
  assert.ok(callCount > 10);
});

test("recoverLog() makes the index once it knows the store, in the way it is told", async () => {
  const made: Uint8Array[] = [];
  const makeIndex = (storeId: Uint8Array): KeyIndex => {
    made.push(storeId);
    return new KeyIndex({ seed: storeId, entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
  };
  const disk = new SimulatedDisk(compactedLog().files());
  const { index } = await recover(disk, { makeIndex });
  assert.deepEqual(made, [STORE_ID]);
  assert.equal(index.liveBytes, (await recover(disk)).index.liveBytes);
});
