import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyIndex, NEVER } from "../../key-index/key-index.ts";
import { ENTRY_OVERHEAD_BYTES } from "../format/field.ts";
import { SimulatedMachine } from "../simulation/simulated-machine.ts";
import { checkStore } from "./check-store.ts";
import { SalvageWriter } from "./salvage-writer.ts";
import { stateOf } from "./testing/state-of.ts";
import { DIRECTORY } from "./testing/write-store.ts";

const STORE_ID = new Uint8Array(16).fill(3);

test("SalvageWriter names each bucket in every segment that speaks of it, and empty ones too", async () => {
  const index = new KeyIndex({ seed: STORE_ID, entryOverheadBytes: ENTRY_OVERHEAD_BYTES });
  index.lastRevision = 500;
  const names = ["one", "two", "empty"].map((name) => Buffer.from(name));
  const buckets = names.map((name, at) => index.createBucket(at + 1, name));
  for (const bucket of buckets) index.setBucketSegment(bucket, 1);
  const files = SimulatedMachine.holding(DIRECTORY, new Map());
  const settings = { files, directory: DIRECTORY, target: DIRECTORY, storeId: STORE_ID };
  const writer = await SalvageWriter.open({ ...settings, index, segmentLimitBytes: 400 });
  const expected = [
    `${names[0]?.toString("hex")} at 1 until undefined`,
    `${names[1]?.toString("hex")} at 2 until undefined`,
    `${names[2]?.toString("hex")} at 3 until undefined`,
  ];
  for (let count = 1; count <= 40; count++) {
    const [bucket = 0, name] = [buckets[count % 2], names[count % 2]];
    const [key, value] = [Buffer.from(`key ${count}`), Buffer.from(`value ${count}`)];
    const expiresAtMs = count % 5 === 0 ? 2000 + count : NEVER;
    const fields = { revision: 100 + count, expiresAtMs, segment: 1, offset: 0, valueBytes: 0 };
    const entry = index.put(bucket, key, 0, key.length, fields);
    writer.copy(bucket, entry, { key, value });
    index.remove(bucket, entry);
    if (count % 3 === 0) await writer.write();
    const until = expiresAtMs === NEVER ? undefined : expiresAtMs;
    expected.push(
      `${name?.toString("hex")}/${key.toString("hex")} = ${value.toString("hex")} at ${100 + count} until ${until}`,
    );
  }
  await writer.finish();
  await writer.close();
  const report = await checkStore({ directory: DIRECTORY, files });
  assert.deepEqual(report.findings, []);
  assert.ok(report.segments.length > 3);
  assert.deepEqual([report.keys, report.lastRevision, writer.keys], [40, 500, 40]);
  const bytes = report.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  assert.equal(writer.bytes, bytes);
  assert.deepEqual(await stateOf(files.content(DIRECTORY)), expected.toSorted());
});
