import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { placeOfField } from "../field-place.ts";
import { KeyIndex } from "../key-index/key-index.ts";
import type { Mutation } from "../state/mutation.ts";
import { mutationNumber } from "../state/mutation-number.ts";
import { decodeRecords } from "./format/decode-records.ts";
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

function gathererAt(
  lengthBytes: number,
  limits: { segment: number; call?: number },
  index = bucketIndex(),
) {
  return new GroupGatherer({
    end: { segment: 1, lengthBytes, sequence: 7 },
    firstSegment: 1,
    segmentLimitBytes: limits.segment,
    ...(limits.call === undefined ? {} : { callLimitBytes: limits.call }),
    index,
  });
}

/** An index that knows the bucket, as one does once its creation was applied. */
function bucketIndex(): KeyIndex {
  const index = new KeyIndex({ seed: new Uint8Array(16), entryOverheadBytes: 0 });
  index.setBucketSegment(index.createBucket(bucketId, NAME), 1);
  return index;
}

function recordTypes({ writer }: Group): readonly string[] | undefined {
  return decodeRecords(writer.view().subarray(GROUP_HEADER_BYTES))?.map(({ type }) => type);
}

test("add() numbers the groups on from the end of the log", () => {
  const gatherer = gathererAt(64, { segment: 1000 });
  const first = gatherer.add([create]);
  assert.equal(gatherer.add([put(2)]), first);
  gatherer.close();
  const second = gatherer.add([put(3)]);
  assert.deepEqual([first.place.sequence, second.place.sequence], [8, 9]);
  assert.deepEqual([first.lastRevision, second.lastRevision], [2, 3]);
});

test("add() asks nothing of a bucket that is created by the same call, and notes who goes with its last key", () => {
  const index = new KeyIndex({ seed: new Uint8Array(16), entryOverheadBytes: 0 });
  const end = { segment: 1, lengthBytes: 64, sequence: 7 };
  const gatherer = new GroupGatherer({ end, firstSegment: 1, segmentLimitBytes: 100, index });
  const born: Mutation = { ...create, lifetime: "transient" };
  assert.deepEqual(recordTypes(gatherer.add([born, put(2)])), ["create", "put"]);
  gatherer.close();
  const bucket = index.createBucket(bucketId, NAME);
  index.setBucketSegment(bucket, 1);
  index.lifetimes.setTransient(bucket, true);
  const records = decodeRecords(
    gatherer
      .add([put(3)])
      .writer.view()
      .subarray(GROUP_HEADER_BYTES),
  );
  assert.deepEqual(
    records?.map((record) => ("lifetime" in record ? record.lifetime : record.type)),
    ["transient", "put"],
  );
});

test("add() repeats a bucket's name once in every segment that speaks of it", () => {
  const gatherer = gathererAt(64, { segment: 210 });
  const groups = [[create, put(2), put(3)], [put(4)], [put(5), put(6)]].map((mutations) => {
    const group = gatherer.add(mutations);
    gatherer.close();
    return group;
  });
  assert.deepEqual(
    groups.map(({ place }) => place.startsSegment),
    [false, true, false],
  );
  assert.deepEqual(groups.map(recordTypes), [
    ["create", "put", "put"],
    ["restate", "put"],
    ["put", "put"],
  ]);
});

test("add() begins no segment in place of one that is still empty, however low the limit", () => {
  const gatherer = gathererAt(64, { segment: 1 });
  const first = gatherer.add([create]);
  gatherer.close();
  const second = gatherer.add([put(2)]);
  assert.deepEqual([first.place.startsSegment, second.place.startsSegment], [false, true]);
});

test("add() refuses a call over the limit, and leaves no trace of it", () => {
  const gatherer = gathererAt(64, { segment: 1000, call: 150 });
  assert.throws(() => gatherer.add([put(2, 200)]), RangeError);
  gatherer.close();
  const group = gatherer.add([put(2)]);
  assert.equal(group.place.sequence, 8);
  assert.deepEqual(recordTypes(group), ["put"]);
});

test("add() ends a group that has grown large", () => {
  const gatherer = gathererAt(64, { segment: 2 ** 30 });
  const large = gatherer.add([create, put(2, 2 ** 24)]);
  assert.notEqual(gatherer.add([put(3)]), large);
});

test("addPut() lays out the bytes that add() does, at the same places, whatever came before", () => {
  const putBytes = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(putBytes, fc.array(fc.boolean()), (sizes, closes) => {
      const index = bucketIndex();
      const limits = { segment: 300, call: 220 };
      const one = gathererAt(64, limits, index);
      const other = gathererAt(64, limits);
      const bucket = index.bucketWithId(bucketId);
      for (const [at, valueBytes] of sizes.entries()) {
        const mutation = put(2 + at, valueBytes);
        assert.ok(mutation.type === "put");
        const [field] = mutation.fields;
        assert.ok(field !== undefined);
        const place = placeOfField(new Uint8Array(0), field);
        if (valueBytes > 199) {
          assert.throws(() => one.addPut(bucket, mutation.revision, place), RangeError);
          continue;
        }
        const group = one.addPut(bucket, mutation.revision, place);
        const expected = other.add([mutation]);
        assert.deepEqual(group.writer.view(), expected.writer.view());
        assert.deepEqual(
          [group.place, group.lastRevision],
          [expected.place, expected.lastRevision],
        );
        assert.equal(one.fieldsAt, other.fieldsAt);
        if (closes[at] === true) for (const gatherer of [one, other]) gatherer.close();
      }
    }),
  );
});
