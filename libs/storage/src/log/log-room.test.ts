import assert from "node:assert/strict";
import { test } from "node:test";
import { checkStore } from "./offline/check-store.ts";
import type { LogStoreOptions } from "./open-log-store.ts";
import { endTurn, openHeld, writeGroups } from "./testing/one-group-a-turn.ts";
import { dump } from "./testing/perform.ts";
import { recordEvents } from "./testing/record-events.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

const FIRST = "/kv/00000001.log";
const SECOND = "/kv/00000002.log";

const options: Partial<LogStoreOptions> = {
  sync: "always",
  logRoom: { afterBytes: 200, bytes: 1000 },
};

function lengthOn(disk: SimulatedDisk, path = FIRST): number {
  return disk.files().get(path)?.length ?? 0;
}

/** How many zeros a file ends with. */
function zerosOn(disk: SimulatedDisk, path = FIRST): number {
  const bytes = disk.files().get(path) ?? new Uint8Array();
  return bytes.length - 1 - bytes.findLastIndex((byte) => byte !== 0);
}

test("a log has room in its file once it has grown, and is as long as it is when it is closed", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, options);
  await writeGroups(held, 1);
  assert.ok(zerosOn(disk) < 20);
  await writeGroups(held, 5);
  const length = lengthOn(disk);
  const zeros = zerosOn(disk);
  assert.ok(zeros > 300, String(zeros));
  await writeGroups(held, 2);
  assert.equal(lengthOn(disk), length);
  assert.ok(zerosOn(disk) < zeros);
  await held.store[Symbol.asyncDispose]();
  assert.ok(zerosOn(disk) < 20);
  using recorded = recordEvents();
  const again = await openHeld(disk, options);
  assert.equal(await dump(again.store), await dump((await openHeld(disk.afterKill())).store));
  assert.deepEqual(
    recorded.events.filter(({ level }) => level !== "info").map(({ type }) => type),
    [],
  );
});

for (const sync of ["everysec", "never"] as const) {
  test(`a log has no room with sync "${sync}": a power cut might leave zeros before a whole group`, async () => {
    const disk = new SimulatedDisk();
    await writeGroups(await openHeld(disk, { ...options, sync }), 20);
    assert.ok(zerosOn(disk) < 20);
  });
}

test("what a crash leaves of the room is no torn tail: nothing is cut off or told of, and check finds nothing", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, options);
  const states = await writeGroups(held, 8);
  assert.ok(zerosOn(disk) > 100);
  for (const crashed of [disk.afterKill(), disk.afterPowerCut(512, () => 0)]) {
    const report = await checkStore({ directory: "/kv", files: crashed });
    assert.deepEqual([report.isSound, report.findings], [true, []]);
    using recorded = recordEvents();
    const again = await openHeld(crashed, options);
    assert.equal(await dump(again.store), states.at(-1));
    assert.ok(zerosOn(crashed) < 20);
    assert.ok(!recorded.events.some(({ type }) => type === "tail-cut"));
    const [, later] = await writeGroups(again, 1);
    assert.equal(await dump((await openHeld(crashed.afterKill())).store), later);
  }
});

test("a segment that another follows has no room any more, in no crash", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, { ...options, segmentLimitBytes: 1500, deadShareLimit: 1 });
  let states: readonly string[] = [];
  while (!disk.files().has(SECOND)) {
    states = await writeGroups(held, 1);
    for (const crashed of [disk.afterKill(), disk.afterPowerCut(64, () => 0)]) {
      assert.ok(!crashed.files().has(SECOND) || zerosOn(crashed) < 20);
      assert.equal(await dump((await openHeld(crashed)).store), states.at(-1));
    }
  }
  assert.ok(zerosOn(disk) < 20);
});

test("where the disk has no room the log goes on without", async () => {
  const disk = new SimulatedDisk();
  const held = await openHeld(disk, options);
  await writeGroups(held, 2);
  let failures = 0;
  let writes = 0;
  disk.faults = ({ type, path }) => {
    if (type !== "write" || path !== FIRST) return undefined;
    writes++;
    // The first write from here on is that of the room: some of it is taken, and then there is no space.
    if (writes === 1) return { type: "short", bytes: 300 };
    if (writes > 2) return undefined;
    failures++;
    return { type: "error", code: "ENOSPC" };
  };
  using recorded = recordEvents();
  const states = await writeGroups(held, 10);
  await endTurn(held.scheduler);
  assert.equal(failures, 1);
  assert.ok(zerosOn(disk) < 20);
  assert.ok(!recorded.events.some(({ type }) => type === "writes-held"));
  assert.equal(await dump((await openHeld(disk.afterKill())).store), states.at(-1));
});
