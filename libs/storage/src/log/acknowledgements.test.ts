import assert from "node:assert/strict";
import { test } from "node:test";
import { Acknowledgements } from "./acknowledgements.ts";
import { ByteWriter } from "./format/byte-writer.ts";
import { Group } from "./group.ts";

/** Group number `sequence`, whose acknowledgement is noted in `heard`. */
function groupOf(sequence: number, heard: number[]): Group {
  const place = { sequence, segment: 1, offsetBytes: 0, startsSegment: false };
  const group = new Group(place, new ByteWriter(), 0);
  void group.durable.then(() => heard.push(sequence));
  return group;
}

test("give() acknowledges in order, and holds back until release() when somebody says so", async () => {
  const acknowledgements = new Acknowledgements();
  const heard: number[] = [];
  const groups = [1, 2, 3, 4].map((sequence) => groupOf(sequence, heard));
  let holds = false;
  acknowledgements.holdsBack = () => holds;
  const give = async (index: number): Promise<void> => {
    const group = groups[index];
    assert.ok(group !== undefined);
    acknowledgements.give(group);
    await Promise.resolve();
  };
  await give(0);
  assert.deepEqual(heard, [1]);
  holds = true;
  await give(1);
  await give(2);
  assert.deepEqual(heard, [1]);
  holds = false;
  await give(3);
  assert.deepEqual(heard, [1, 2, 3, 4]);
});
