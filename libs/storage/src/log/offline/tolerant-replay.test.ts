import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyIndex } from "../../key-index/key-index.ts";
import { mutationNumber } from "../../state/mutation-number.ts";
import { ENTRY_OVERHEAD_BYTES, KEY_LIMIT_BYTES } from "../format/field.ts";
import type { LogRecord } from "../format/log-record.ts";
import { describeIndex } from "../testing/describe-index.ts";
import { payloadOf, STORE_ID } from "../testing/log-builder.ts";
import { TolerantReplay } from "./tolerant-replay.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const number = mutationNumber;

function create(id: number, name = "b"): LogRecord {
  return { type: "create", bucketId: number(id), revision: number(id), name: bytes(name) };
}

function restate(id: number, revision: number, name = "b"): LogRecord {
  return { type: "restate", bucketId: id, revision, name: bytes(name), expiresAtMs: undefined };
}

function put(revision: number, id: number, key = "k"): LogRecord {
  const fields = [{ key: bytes(key), value: bytes(`v${revision}`) }];
  return { type: "put", bucketId: number(id), revision: number(revision), fields };
}

function expireKey(revision: number, expiresAtMs: number): LogRecord {
  const about = { bucketId: number(1), revision: number(revision), key: bytes("k") };
  return { type: "expire-key", ...about, expiresAtMs };
}

function drop(revision: number, id: number): LogRecord {
  return { type: "drop", bucketId: number(id), revision: number(revision) };
}

interface Replayed {
  readonly replay: TolerantReplay;
  readonly state: string;
}

/** Replays groups, with a gap before each that is given as "gap". */
function replayed(
  groups: readonly (readonly LogRecord[] | "gap")[],
  { names, isKnown = false }: { names?: ReadonlyMap<number, Uint8Array>; isKnown?: boolean } = {},
): Replayed {
  const index = new KeyIndex({ seed: STORE_ID, entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
  const replay = new TolerantReplay({ index, names });
  let segment: Uint8Array = new Uint8Array();
  for (const group of groups) {
    if (group === "gap") {
      replay.gap(1, segment.length);
      continue;
    }
    const start = segment.length;
    segment = Buffer.concat([segment, payloadOf(...group)]);
    const payload = { bytes: segment, start, end: segment.length, segment: 1, lastRevision: 0 };
    replay.replay({ ...payload, isKnown });
  }
  return { replay, state: describeIndex(index, () => segment) };
}

test("TolerantReplay takes the last word that is left for the one that counts", () => {
  const { state, replay } = replayed([
    [create(1), put(2, 1), put(3, 1, "l")],
    "gap",
    [
      put(9, 1),
      restate(1, 9),
      { type: "delete", bucketId: number(1), revision: number(10), keys: [bytes("m")] },
    ],
  ]);
  assert.equal(
    state,
    [
      "1: 62 at 10 until never",
      "  6b = 7639 at 9 until never",
      "  6c = 7633 at 3 until never",
    ].join("\n"),
  );
  assert.deepEqual([replay.oddRecords, replay.unseenDrops, replay.strangers.size], [0, 0, 0]);
});

test("TolerantReplay does not give the revision of a lost value to an older one", () => {
  const before = [create(1), put(2, 1)];
  assert.equal(replayed([before, [expireKey(5, 70)]]).state, linesAt(5));
  assert.equal(replayed([before, "gap", [expireKey(5, 70)]]).state, linesAt(2));
  assert.equal(replayed([[create(1)], "gap", [put(2, 1), expireKey(5, 70)]]).state, linesAt(5));
});

function linesAt(revision: number): string {
  return `1: 62 at 5 until never\n  6b = 7632 at ${revision} until 70`;
}

test("TolerantReplay counts records about buckets that nothing has named, and learns their names", () => {
  const { replay } = replayed([
    [put(2, 1), put(3, 1), put(5, 4), put(7, 6)],
    [drop(8, 4), restate(1, 3)],
  ]);
  assert.deepEqual(
    [...replay.strangers],
    [
      [1, 2],
      [6, 1],
    ],
  );
  assert.deepEqual([...replay.learnt], [[1, bytes("b")]]);
  const again = replayed([[put(2, 1), put(3, 1)], [restate(1, 3)]], { names: replay.learnt });
  assert.equal(again.state, "1: 62 at 3 until never\n  6b = 7633 at 3 until never");
  // What a snapshot may have known already was dropped when it does not have it.
  assert.equal(replayed([[put(2, 1)]], { isKnown: true }).replay.strangers.size, 0);
});

test("TolerantReplay sees by its successor that a bucket was dropped, and by no predecessor", () => {
  const { state, replay } = replayed([[create(1), put(2, 1)], "gap", [create(5), put(6, 5)]]);
  assert.equal(state, "5: 62 at 6 until never\n  6b = 7636 at 6 until never");
  assert.equal(replay.unseenDrops, 1);
  const late = replayed([[create(5), put(6, 5)], [restate(1, 2)]]);
  assert.equal(late.state, "5: 62 at 6 until never\n  6b = 7636 at 6 until never");
  assert.equal(late.replay.oddRecords, 1);
});

test("TolerantReplay passes over what makes no sense", () => {
  const long = "k".repeat(KEY_LIMIT_BYTES + 1);
  const { state, replay } = replayed([
    [create(1), put(2, 1, long), put(3, 1)],
    [restate(1, 3, "other"), { type: "trim", firstSegment: 9 }, create(4, long)],
  ]);
  assert.equal(state, "1: 62 at 3 until never\n  6b = 7633 at 3 until never");
  assert.equal(replay.oddRecords, 4);
});
