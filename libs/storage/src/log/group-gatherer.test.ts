import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mutation } from "../state/mutation.ts";
import { mutationNumber } from "../state/mutation-number.ts";
import { ByteReader } from "./format/byte-reader.ts";
import { decodeRecord } from "./format/decode-record.ts";
import { GROUP_HEADER_BYTES } from "./format/group-header.ts";
import type { Group } from "./group.ts";
import { GroupGatherer } from "./group-gatherer.ts";

const NAME = Uint8Array.of(0x62);
const bucketId = mutationNumber(1);
const create: Mutation = { type: "create", bucketId, revision: bucketId, name: NAME };

function put(revision: number, valueBytes = 1): Mutation {
  const fields = [{ key: Uint8Array.of(0x6b), value: new Uint8Array(valueBytes) }];
  return { type: "put", bucketId, revision: mutationNumber(revision), fields };
}

function gathererAt(lengthBytes: number, limits: { segment: number; call?: number }) {
  return new GroupGatherer({
    end: { segment: 1, lengthBytes, sequence: 7 },
    segmentLimitBytes: limits.segment,
    ...(limits.call === undefined ? {} : { callLimitBytes: limits.call }),
    nameOf: () => NAME,
  });
}

function recordTypes({ writer }: Group): readonly (string | undefined)[] {
  const reader = new ByteReader(writer.view(), GROUP_HEADER_BYTES);
  const types: (string | undefined)[] = [];
  while (!reader.isAtEnd) types.push(decodeRecord(reader)?.type);
  return types;
}

test("add() numbers the groups on from the end of the log", () => {
  const gatherer = gathererAt(44, { segment: 1000 });
  const first = gatherer.add([create]);
  assert.equal(gatherer.add([put(2)]), first);
  gatherer.close();
  const second = gatherer.add([put(3)]);
  assert.deepEqual([first.sequence, second.sequence], [8, 9]);
  assert.deepEqual([first.lastRevision, second.lastRevision], [2, 3]);
});

test("add() repeats a bucket's name once in every segment that speaks of it", () => {
  const gatherer = gathererAt(44, { segment: 150 });
  const groups = [[create, put(2), put(3)], [put(4)], [put(5), put(6)]].map((mutations) => {
    const group = gatherer.add(mutations);
    gatherer.close();
    return group;
  });
  assert.deepEqual(
    groups.map(({ startsSegment }) => startsSegment),
    [false, true, false],
  );
  assert.deepEqual(groups.map(recordTypes), [
    ["create", "put", "put"],
    ["declare", "put"],
    ["put", "put"],
  ]);
});

test("add() begins no segment in place of one that is still empty, however low the limit", () => {
  const gatherer = gathererAt(44, { segment: 1 });
  const first = gatherer.add([create]);
  gatherer.close();
  const second = gatherer.add([put(2)]);
  assert.deepEqual([first.startsSegment, second.startsSegment], [false, true]);
});

test("add() refuses a call over the limit, and leaves no trace of it", () => {
  const gatherer = gathererAt(44, { segment: 1000, call: 100 });
  assert.throws(() => gatherer.add([put(2, 200)]), RangeError);
  gatherer.close();
  const group = gatherer.add([put(2)]);
  assert.equal(group.sequence, 8);
  assert.deepEqual(recordTypes(group), ["declare", "put"]);
});

test("add() ends a group that has grown large", () => {
  const gatherer = gathererAt(44, { segment: 2 ** 30 });
  const large = gatherer.add([create, put(2, 2 ** 24)]);
  assert.notEqual(gatherer.add([put(3)]), large);
});
