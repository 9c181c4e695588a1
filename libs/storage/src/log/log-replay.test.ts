import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KeyIndex } from "../key-index/key-index.ts";
import { type MutationNumber, mutationNumber } from "../state/mutation-number.ts";
import { ENTRY_OVERHEAD_BYTES, KEY_LIMIT_BYTES } from "./format/field.ts";
import { GROUP_HEADER_BYTES } from "./format/group-header.ts";
import type { LogRecord } from "./format/log-record.ts";
import { SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import { LogReplay, type LogReplayOptions } from "./log-replay.ts";
import { describeIndex } from "./testing/describe-index.ts";
import { groupOf, LogBuilder, pathOf, payloadOf, STORE_ID } from "./testing/log-builder.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const number = mutationNumber;
const one = number(1);

function emptyIndex(): KeyIndex {
  return new KeyIndex({ seed: STORE_ID, entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
}

function replayed(log: LogBuilder, options: Partial<LogReplayOptions> = {}) {
  const index = options.index ?? emptyIndex();
  const replay = new LogReplay({ ...options, index });
  for (const segment of log.segments) {
    replay.addSegment({ path: pathOf(segment), segment, bytes: log.bytes(segment) });
  }
  const state = describeIndex(index, (segment) => log.bytes(segment));
  return { replay, index, state };
}

function create(id: number, name = "b"): LogRecord {
  return { type: "create", bucketId: number(id), revision: number(id), name: bytes(name) };
}

function restate(id: number, revision: number, name = "b", expiresAtMs?: number): LogRecord {
  return { type: "restate", bucketId: id, revision, name: bytes(name), expiresAtMs };
}

function put(revision: number, bucketId: MutationNumber = one, key = "k", value = "v"): LogRecord {
  const fields = [{ key: bytes(key), value: bytes(value) }];
  return { type: "put", bucketId, revision: number(revision), fields };
}

function copy(revision: number, bucketId = 1, key = "k", value = "v"): LogRecord {
  return {
    type: "copy",
    bucketId,
    revision,
    key: bytes(key),
    value: bytes(value),
    expiresAtMs: undefined,
  };
}

function remove(revision: number, key = "k", bucketId = one): LogRecord {
  return { type: "delete", bucketId, revision: number(revision), keys: [bytes(key)] };
}

function drop(revision: number, bucketId = 1): LogRecord {
  return { type: "drop", bucketId: number(bucketId), revision: number(revision) };
}

function expireKey(revision: number, expiresAtMs: number | undefined, key = "k"): LogRecord {
  const about = { bucketId: one, revision: number(revision), key: bytes(key) };
  return { type: "expire-key", ...about, expiresAtMs };
}

function expireBucket(revision: number, expiresAtMs: number | undefined): LogRecord {
  return { type: "expire-bucket", bucketId: one, revision: number(revision), expiresAtMs };
}

test("LogReplay does what every kind of record says, over segments", () => {
  const log = new LogBuilder()
    .group(create(1), put(2), put(3, one, "l", "w"), put(4, one, "m"))
    .group(expireKey(5, 70), remove(6, "m"), create(7, "c"), put(8, number(7)))
    .segment()
    .group(restate(1, 6), expireBucket(9, 90), put(10, one, "l", "x"), copy(5, 1, "k", "v"))
    .group(restate(7, 8, "c"), drop(11, 7), create(12, "c"), expireKey(13, undefined, "l"));
  const { replay, index, state } = replayed(log);
  const lines = [
    "1: 62 at 13 until 90",
    "  6b = 76 at 5 until never",
    "  6c = 78 at 13 until never",
    "12: 63 at 12 until never",
  ];
  assert.equal(state, lines.join("\n"));
  assert.equal(replay.flaw, undefined);
  assert.deepEqual(replay.end, {
    segment: 2,
    lengthBytes: log.bytes(2).length,
    sequence: 4,
  });
  assert.equal(replay.recordCount, 16);
  assert.deepEqual([index.lastRevision, replay.lastRevision, index.dropRevision], [13, 13, 11]);
  assert.deepEqual(
    [1, 12].map((id) => index.bucketSegment(index.bucketWithId(id))),
    [2, 2],
  );
});

test("LogReplay begins with any segment, and asks for nothing that stood in older ones", () => {
  const header = { segment: 5, firstSequence: 40, firstSegment: 4, lastRevision: 100 };
  const log = new LogBuilder(header)
    .group(restate(1, 98), remove(101), expireKey(102, 5), drop(103, 9), restate(2, 99, "c", 7))
    .group(copy(50, 2, "k", "w"), { type: "trim", firstSegment: 5 });
  const { replay, state } = replayed(log);
  assert.equal(replay.flaw, undefined);
  const lines = ["1: 62 at 102 until never", "2: 63 at 99 until 7", "  6b = 77 at 50 until never"];
  assert.equal(state, lines.join("\n"));
  assert.deepEqual([replay.startSegment, replay.firstSegment], [5, 5]);
  assert.equal(replay.end.sequence, 41);
  // Every segment names its buckets: one that it does not name cannot be spoken of.
  const unnamed = new LogBuilder(header).group(remove(101));
  assert.equal(replayed(unnamed).replay.flaw?.reason, "bucket 1 is not there");
});

test("LogReplay takes the last revision from wherever it is said", () => {
  const log = new LogBuilder().group(create(1));
  assert.equal(replayed(log).index.lastRevision, 1);
  log.lastRevision = 50;
  log.group(put(2));
  assert.equal(replayed(log).index.lastRevision, 50);
  log.lastRevision = 70;
  log.segment();
  assert.equal(replayed(log).index.lastRevision, 70);
  const from = { ...log.position, lastRevision: 90 };
  assert.equal(replayed(log, { from }).index.lastRevision, 90);
});

test("LogReplay takes a group that is not the next in sequence for a flaw", () => {
  for (const sequence of [1, 3]) {
    const log = new LogBuilder().group(create(1));
    const { offsetBytes } = log.position;
    log.raw(groupOf(payloadOf(put(2)), { sequence }));
    const { replay, state } = replayed(log);
    assert.equal(state, "1: 62 at 1 until never");
    assert.deepEqual(replay.flaw, {
      segment: 1,
      offsetBytes,
      reason: `group ${sequence} stands where group 2 belongs`,
      sequence: 2,
      cannotBeTorn: false,
    });
  }
});

const NONSENSE: readonly (readonly [what: string, payload: Uint8Array])[] = [
  ["bytes that are no record", Uint8Array.of(99)],
  ["a record that is cut short", payloadOf(put(2)).subarray(0, 20)],
  ["a record and a byte", Uint8Array.of(...payloadOf(put(2)), 1)],
  ["a revision that comes a second time", payloadOf(put(1))],
  ["revisions in the wrong order", payloadOf(put(3), put(2))],
  ["a bucket that is not there", payloadOf(put(2, number(7)))],
  ["a deletion from a bucket that is not there", payloadOf(remove(2, "k", number(7)))],
  ["a copy into a bucket that is not there", payloadOf(copy(1, 7))],
  ["a bucket that was dropped", payloadOf(drop(2), put(3))],
  ["a name that is taken", payloadOf(create(2))],
  ["a bucket that is created a second time", payloadOf(drop(2), create(3), create(3))],
  ["a name that is not the bucket's", payloadOf(restate(1, 1, "c"))],
  ["the name of another bucket", payloadOf(create(2, "c"), restate(1, 1, "c"))],
  ["a bucket that was never created", payloadOf(put(2), restate(2, 2, "c"))],
  ["a bucket that was dropped and is there again", payloadOf(drop(2), restate(1, 1))],
  ["a bucket whose revision was not given out yet", payloadOf(restate(1, 2))],
  ["a copy whose revision was not given out yet", payloadOf(copy(2))],
  ["a trim to a segment that was not begun", payloadOf({ type: "trim", firstSegment: 2 })],
  ["a key that is too long", payloadOf(put(2, one, "k".repeat(KEY_LIMIT_BYTES + 1)))],
  ["a name that is too long", payloadOf(create(2, "k".repeat(KEY_LIMIT_BYTES + 1)))],
];

for (const [what, payload] of NONSENSE) {
  test(`LogReplay takes a sound group with ${what} for damage, not for a torn tail`, () => {
    const log = new LogBuilder().group(create(1));
    const { offsetBytes } = log.position;
    const { replay } = replayed(log.payload(payload));
    assert.equal(replay.flaw?.cannotBeTorn, true);
    assert.deepEqual([replay.flaw?.segment, replay.flaw?.offsetBytes], [1, offsetBytes]);
    assert.deepEqual(replay.end, { segment: 1, lengthBytes: offsetBytes, sequence: 1 });
  });
}

const TOLERATED: readonly (readonly [what: string, records: readonly LogRecord[]])[] = [
  ["a key that is not there to be deleted", [remove(2, "x")]],
  ["a key that is not there to expire", [expireKey(2, 5, "x")]],
  ["a bucket that is not there to be dropped", [drop(2, 7)]],
  ["a bucket that is described again", [put(2), remove(3), restate(1, 3)]],
  ["a copy of a key that is there", [put(2), copy(2), remove(3)]],
  ["a trim to where the log begins", [{ type: "trim", firstSegment: 1 }]],
];

for (const [what, records] of TOLERATED) {
  test(`LogReplay takes no offence at ${what}`, () => {
    const { replay, state } = replayed(new LogBuilder().group(create(1)).group(...records));
    assert.equal(replay.flaw, undefined);
    assert.match(state, /^1: 62 at \d until never$/u);
  });
}

const called = <Type extends LogRecord["type"]>(type: Type) => fc.constant(type);

test("LogReplay never fails on a sound group, whatever it holds: it takes it, or for damage", () => {
  const id = fc.integer({ min: 1, max: 4 }).map(number);
  const revision = fc.integer({ min: 1, max: 12 }).map(number);
  const key = fc.constantFrom("k", "l").map(bytes);
  const expiresAtMs = fc.constantFrom(undefined, 5);
  const about = { bucketId: id, revision };
  const anyRecord: fc.Arbitrary<LogRecord> = fc.oneof(
    fc.tuple(id, key).map(([bucketId, name]) => {
      return { type: "create" as const, bucketId, revision: bucketId, name };
    }),
    fc.record({ type: called("restate"), ...about, name: key, expiresAtMs }),
    fc.record({ type: called("put"), ...about, fields: fc.array(fc.record({ key, value: key })) }),
    fc.record({ type: called("copy"), ...about, key, value: key, expiresAtMs }),
    fc.record({ type: called("delete"), ...about, keys: fc.array(key) }),
    fc.record({ type: called("drop"), ...about }),
    fc.record({ type: called("expire-bucket"), ...about, expiresAtMs }),
    fc.record({ type: called("expire-key"), ...about, key, expiresAtMs }),
    fc.record({ type: called("trim"), firstSegment: fc.integer({ min: 1, max: 2 }) }),
  );
  const change = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }) });
  let taken = 0;
  fc.assert(
    fc.property(
      fc.array(anyRecord, { minLength: 1, maxLength: 12 }),
      fc.array(change, { maxLength: 1 }),
      fc.boolean(),
      (records, changes, isFromMiddle) => {
        const log = new LogBuilder();
        const payload = payloadOf(...records);
        for (const { at, byte } of changes) payload[at % payload.length] = byte;
        log.lastRevision = 12;
        const from = isFromMiddle ? log.position : undefined;
        const { replay } = replayed(log.payload(payload), { from, endSequence: 1 });
        if (replay.flaw === undefined) taken += 1;
        else assert.ok(replay.flaw.cannotBeTorn);
      },
    ),
    { numRuns: 2000 },
  );
  assert.ok(taken > 20, `only ${taken} were taken`);
});

test("LogReplay gives back the memory of a bucket that was dropped", () => {
  const log = new LogBuilder();
  let revision = 0;
  const fill = (): void => {
    const id = number(++revision);
    log.group(create(id));
    const fields = Array.from({ length: 5000 }, (_, key) => {
      return { key: bytes(`key ${key}`), value: new Uint8Array() };
    });
    log.group({ type: "put", bucketId: id, revision: number(++revision), fields });
    log.group(drop(++revision, id));
  };
  fill();
  const after = replayed(log).index.memoryBytes;
  for (let round = 0; round < 4; round++) fill();
  assert.equal(replayed(log).index.memoryBytes, after);
});

/** The log of a store whose snapshot was begun behind the first group and was over behind the fourth. */
function snapshotLog() {
  const log = new LogBuilder().group(create(1), put(2));
  const from = log.position;
  log
    .group(put(3, one, "l"), drop(4), create(5))
    .segment()
    .group(restate(5, 5), put(6, number(5)), drop(7, 5), create(8, "c"))
    .group(create(9), put(10, number(9)), remove(11, "k", number(9)));
  const endSequence = log.position.sequence;
  return { log, from, endSequence };
}

test("LogReplay from the middle comes to the same, whenever the snapshot came by", () => {
  const { log, from, endSequence } = snapshotLog();
  const expected = replayed(log).state;
  assert.equal(expected, "8: 63 at 8 until never\n9: 62 at 11 until never");
  const seen: readonly ((index: KeyIndex) => void)[] = [
    // As it was when the snapshot was begun.
    (index) => fillBucket(index, 1, "b", [[2, SEGMENT_HEADER_BYTES]]),
    // While the second bucket of the name was there.
    (index) => fillBucket(index, 5, "b", [[6, SEGMENT_HEADER_BYTES]]),
    // While there was none.
    (index) => fillBucket(index, 8, "c", []),
    // When all was over.
    (index) => {
      fillBucket(index, 8, "c", []);
      fillBucket(index, 9, "b", []);
    },
  ];
  for (const [count, see] of seen.entries()) {
    const index = emptyIndex();
    see(index);
    const { replay, state } = replayed(log, { index, from, endSequence });
    assert.equal(replay.flaw, undefined, `snapshot ${count}`);
    assert.equal(state, expected, `snapshot ${count}`);
    assert.equal(replay.recordCount, 10);
    assert.equal(index.lastRevision, 11);
  }
});

function fillBucket(
  index: KeyIndex,
  id: number,
  name: string,
  keys: readonly (readonly [revision: number, offset: number])[],
): void {
  const bucket = index.createBucket(id, bytes(name));
  for (const [revision, offset] of keys) {
    const about = { expiresAtMs: Number.POSITIVE_INFINITY, segment: 1, valueBytes: 1 };
    index.put(bucket, bytes("k"), 0, 1, { revision, offset, ...about });
    index.setBucketRevision(bucket, revision);
  }
}

test("LogReplay from the middle is as strict as ever behind the end of the snapshot", () => {
  for (const nonsense of [create(12, "c"), put(12, number(5)), restate(13, 13, "d")]) {
    const { log, from, endSequence } = snapshotLog();
    const index = emptyIndex();
    fillBucket(index, 8, "c", []);
    log.group(nonsense);
    const { replay } = replayed(log, { index, from, endSequence });
    assert.equal(replay.flaw?.cannotBeTorn, true);
    assert.equal(replay.flaw?.sequence, endSequence + 1);
  }
});

test("LogReplay from the middle asks of the segments before it that they are there, and no more", () => {
  const log = new LogBuilder()
    .group(create(1))
    .segment()
    .group(restate(1, 1), put(2))
    .segment()
    .group(restate(1, 2), put(3));
  const from = log.position;
  log.group(put(4));
  const endSequence = 4;
  /** Which segments are shown, and with what instead of their own bytes. */
  const replayOf = (shown: readonly (readonly [segment: number, bytes?: Uint8Array])[]) => {
    const index = emptyIndex();
    fillBucket(index, 1, "b", []);
    const replay = new LogReplay({ index, from, endSequence });
    for (const [segment, file = log.bytes(segment)] of shown) {
      const needed = segment < from.segment ? file.subarray(0, SEGMENT_HEADER_BYTES) : file;
      replay.addSegment({ path: pathOf(segment), segment, bytes: needed });
    }
    return replay;
  };
  const good = replayOf([[1], [2], [3]]);
  assert.equal(good.flaw, undefined);
  assert.deepEqual([good.recordCount, good.end.sequence, good.vouchedSequence], [1, 4, 4]);
  assert.equal(replayOf([[1], [3]]).flaw?.segment, 2);
  const damaged = replayOf([[1], [2, log.bytes(2).map((byte) => byte ^ 1)], [3]]);
  assert.equal(damaged.flaw?.cannotBeTorn, true);
  const swapped = replayOf([[1], [2, log.bytes(1)], [3]]);
  assert.equal(swapped.flaw?.reason, "the header is that of segment 1");
});

test("LogReplay takes a header for damage that cannot stand where it stands", () => {
  const headers = [
    { segment: 1, firstSequence: 2 },
    { segment: 2, firstSequence: 2, firstSegment: 3 },
  ];
  for (const header of headers) {
    const { replay } = replayed(new LogBuilder(header));
    assert.equal(replay.flaw?.cannotBeTorn, true);
    assert.deepEqual([replay.flaw?.segment, replay.flaw?.offsetBytes], [header.segment, 0]);
  }
  // The newest of several segments may be torn from its beginning; the oldest that is left cannot be.
  const index = emptyIndex();
  const replay = new LogReplay({ index });
  replay.addSegment({ path: pathOf(5), segment: 5, bytes: new Uint8Array(10) });
  assert.equal(replay.flaw?.cannotBeTorn, true);
});

test("LogReplay is not misled by a value that looks like a group of another store", () => {
  const other = new Uint8Array(16).fill(1);
  const forged = groupOf(Uint8Array.of(1), { sequence: 9, syncedSequence: 9 }, other);
  const log = new LogBuilder().group(create(1));
  const { offsetBytes } = log.position;
  const fields = [{ key: bytes("k"), value: forged }];
  log.group({ type: "put", bucketId: one, revision: number(2), fields });
  const torn = Uint8Array.from(log.bytes(1));
  torn.fill(0, offsetBytes).set(forged, torn.length - forged.length);
  const replay = new LogReplay({ index: emptyIndex() });
  replay.addSegment({ path: pathOf(1), segment: 1, bytes: torn });
  assert.equal(replay.flaw?.offsetBytes, offsetBytes);
  assert.equal(replay.provenSequence, 0);
  const sound = groupOf(Uint8Array.of(1), { sequence: 9, syncedSequence: 8 });
  torn.set(sound, offsetBytes + GROUP_HEADER_BYTES);
  const proof = new LogReplay({ index: emptyIndex() });
  proof.addSegment({ path: pathOf(1), segment: 1, bytes: torn });
  assert.equal(proof.provenSequence, 8);
});

function replayWith(content: Uint8Array, mayHaveRoom?: boolean): LogReplay {
  const replay = new LogReplay({ index: emptyIndex() });
  replay.addSegment({ path: pathOf(1), segment: 1, bytes: content, mayHaveRoom });
  return replay;
}

test("LogReplay takes zeros behind the last group for room, where there may be room, and for nothing else", () => {
  const log = new LogBuilder().group(create(1)).group(put(2));
  const whole = log.bytes(1);
  const { length } = whole;
  const withRoom = Uint8Array.from([...whole, ...new Uint8Array(200)]);
  const written = withRoom.with(length + 150, 1);
  const { flaw, end } = replayWith(withRoom, true);
  assert.deepEqual([flaw, end], [undefined, { segment: 1, lengthBytes: length, sequence: 2 }]);
  for (const replay of [
    replayWith(withRoom),
    replayWith(withRoom, false),
    replayWith(written, true),
  ]) {
    assert.equal(replay.flaw?.offsetBytes, length);
    assert.equal(replay.flaw.cannotBeTorn, false);
  }
});
