import assert from "node:assert/strict";
import { test } from "node:test";
import { isStorageError } from "../../errors.ts";
import { observeStore } from "./observe-store.ts";
import { BUCKET, DirectedStore, encode, field } from "./directed-store.ts";
import { rollDice } from "./dice.ts";
import { HOME } from "./life.ts";
import { SimulatedMachine } from "./simulated-machine.ts";

// The single-node histories of DESIGN section 7 that no other test goes through; README.md has the list.

test("a read that waits while compaction removes its segment gets its value", async () => {
  const directed = await DirectedStore.open();
  for (const key of ["a", "b", "c"]) await directed.put(key, `value of ${key}`);
  await directed.put("filler", 300);
  const [first] = directed.segments;
  directed.hold(({ type }) => type === "read");
  const reads = ["a", "b", "c"].map((key) => directed.get(key));
  await directed.run(2);
  directed.hold(() => false);
  const compaction = directed.store.compact?.();
  await directed.run();
  const copied = directed.segments.length;
  assert.ok(copied > 2 && directed.segments[0] === first, "all is ready but the reads");
  await directed.release();
  assert.deepEqual(await Promise.all(reads), ["value of a", "value of b", "value of c"]);
  await directed.finish(compaction);
  assert.ok(!directed.segments.includes(first ?? ""));
  const again = ["a", "b", "c"].map((key) => directed.get(key));
  assert.deepEqual(await Promise.all(again), ["value of a", "value of b", "value of c"]);
});

test("a bucket that lapsed and was made anew has no old keys, after compaction, from a snapshot, whatever the clock says", async () => {
  for (const way of ["log", "compacted", "snapshot"] as const) {
    const directed = await DirectedStore.open({ snapshotEveryRecords: 1 });
    await directed.put("old", 150);
    await directed.store.expire(BUCKET, undefined, 500);
    directed.nowMs = 500;
    await directed.put("new", 150);
    if (way === "compacted") await directed.finish(directed.store.compact?.());
    if (way === "snapshot") await directed.passSecond();
    const after = directed.machine.afterKill();
    assert.equal(after.content(HOME).has("SNAPSHOT"), way === "snapshot");
    const again = await DirectedStore.open({}, after, 0);
    assert.deepEqual(
      [await again.get("old"), await again.get("new")],
      ["missing", "x".repeat(150)],
      way,
    );
  }
});

test("what a full disk held back is written where the good part ends, and a power cut finds all of it", async () => {
  for (const leftBytes of [0, 1, 30, 60]) {
    const directed = await DirectedStore.open({ segmentLimitBytes: 3000 });
    await directed.put("before", "1");
    let left = leftBytes;
    directed.machine.faults = ({ type }) => {
      if (type !== "write") return undefined;
      const bytes = left;
      left = 0;
      return { type: "short", bytes };
    };
    await directed.put("torn", 100);
    assert.equal(directed.store.statistics().writable, false);
    directed.machine.faults = () => undefined;
    await directed.passSecond();
    assert.equal(directed.store.statistics().writable, true);
    await directed.put("after", "2");
    const again = await DirectedStore.open(
      {},
      directed.machine.afterPowerCut(16, () => 0),
    );
    const found = await Promise.all(["before", "torn", "after"].map((key) => again.get(key)));
    assert.deepEqual(found, ["1", "x".repeat(100), "2"], `${leftBytes} bytes were left`);
  }
});

test("whatever is written, no more of the log is dead than the limit says once all is at rest", async () => {
  for (const deadShareLimit of [0.25, 0.5, 0.75]) {
    const dice = rollDice(deadShareLimit * 100);
    const directed = await DirectedStore.open({ deadShareLimit, segmentLimitBytes: 3000 });
    for (let round = 0; round < 300; round++) {
      const key = `key ${dice.below(60)}`;
      if (dice.chance(20)) await directed.store.delete(BUCKET, [encode(key)]);
      else await directed.put(key, dice.between(50, 300), dice.chance(30) ? 40_000 : undefined);
      if (dice.chance(15)) await directed.passSecond();
    }
    for (let second = 0; second < 5; second++) await directed.passSecond();
    const { deadBytes = 0, logBytes = 0, compaction } = directed.store.statistics();
    assert.ok(logBytes > 3000 && (compaction?.segmentsRemoved ?? 0) > 3);
    assert.ok(deadBytes <= deadShareLimit * logBytes, `${deadBytes} of ${logBytes} bytes are dead`);
  }
});

/** A store that compacts and cannot go on, since nothing can be read, and a write of which nobody hears: too much is owed. */
async function openBehind() {
  const directed = await DirectedStore.open({
    deadShareLimit: 0.5,
    segmentLimitBytes: 1000,
    cacheLimitBytes: 1e6,
  });
  directed.hold(({ type }) => type === "read");
  for (let round = 0; round < 8; round++) await directed.put("key", 400);
  await directed.passSecond();
  assert.equal(directed.store.statistics().compaction?.state, "running");
  await directed.store.put(BUCKET, [field("large", 3000)]);
  const { durable } = await directed.store.put(BUCKET, [field("late", "value")]);
  let isHeard = false;
  const hear = async (): Promise<void> => {
    await durable;
    isHeard = true;
  };
  const hearing = hear();
  await directed.run();
  assert.equal(isHeard, false);
  return { directed, hearing };
}

test("a write whose answer is held back is on the disk, and a reader need not wait for it", async () => {
  const { directed, hearing } = await openBehind();
  const { durable } = await directed.store.get(BUCKET, encode("late"));
  assert.equal(durable, undefined);
  const again = await DirectedStore.open(
    {},
    directed.machine.afterPowerCut(16, () => 0),
  );
  assert.equal(await again.get("late"), "value");
  await directed.release();
  await directed.finish(hearing);
});

test("a backup does not wait for an answer that is held back", async () => {
  const { directed, hearing } = await openBehind();
  const backup = directed.store.backup?.("/copy");
  await directed.run();
  assert.ok(directed.machine.has("/copy.partial"), "it has begun to copy");
  await directed.release();
  await directed.finish(Promise.all([backup, hearing]));
  assert.ok(directed.machine.has("/copy"));
});

test("whoever waits for an answer that is held back hears of it when the store is closed, or can write no more", async () => {
  for (const code of [undefined, "EIO", "ENOSPC"] as const) {
    const { directed, hearing } = await openBehind();
    if (code === undefined) {
      const closing = directed.store[Symbol.asyncDispose]();
      await directed.finish(hearing);
      await directed.release();
      await directed.finish(closing);
    } else {
      directed.machine.faults = ({ type }) =>
        type === "write" ? { type: "error", code } : undefined;
      await directed.store.put(BUCKET, [field("key", "value")]);
      await directed.finish(hearing);
    }
  }
});

// Each of the following was found by a simulated history; the name tells what went wrong.

test("compact() of a store without a record removes no segment that is written to", async () => {
  const directed = await DirectedStore.open();
  await directed.finish(directed.store.compact?.());
  await directed.put("key", "value");
  const again = await DirectedStore.open({}, directed.machine.afterKill());
  assert.equal(await again.get("key"), "value");
  await again.close();
  const last = await DirectedStore.open({}, again.machine);
  await last.finish(last.store.compact?.());
  await last.put("key", "other value");
  assert.equal(
    await (await DirectedStore.open({}, last.machine.afterKill())).get("key"),
    "other value",
  );
});

test("two compactions asked for at once run one after the other", async () => {
  const directed = await DirectedStore.open();
  for (let round = 0; round < 8; round++) await directed.put("key", `${"x".repeat(99)}${round}`);
  const both = Promise.all([
    directed.store.compact?.(),
    directed.store.compact?.(),
    directed.store.compact?.(),
  ]);
  await directed.finish(both);
  const { compaction } = directed.store.statistics();
  const first = Number.parseInt(directed.segments[0] ?? "", 10);
  assert.deepEqual([compaction?.state, compaction?.segmentsRemoved], ["idle", first - 1]);
  assert.equal(await directed.get("key"), `${"x".repeat(99)}7`);
});

test("statistics() does not count a lapsed bucket that nobody has dropped yet, nor its keys", async () => {
  const directed = await DirectedStore.open();
  await directed.put("key", "value");
  await directed.store.expire(BUCKET, undefined, 10);
  directed.nowMs = 10;
  const { buckets, keys } = directed.store.statistics();
  assert.deepEqual({ buckets, keys }, { buckets: 0, keys: 0 });
});

test("backup() tells the revision that its copy really reaches while writes go on", async () => {
  const directed = await DirectedStore.open({ sync: "everysec" });
  await directed.put("key", "in it");
  directed.hold(({ type }) => type === "sync");
  const backup = directed.store.backup?.("/copy");
  await directed.run(2);
  await directed.store.put(BUCKET, [field("key", "perhaps in it")]);
  await directed.release();
  const { lastRevision } = await directed.finish(backup);
  const copy = await DirectedStore.open(
    {},
    SimulatedMachine.holding(HOME, directed.machine.content("/copy")),
  );
  const observed = await observeStore(copy.store);
  assert.deepEqual(
    [...observed.values()].map(({ revision }) => revision),
    [lastRevision],
  );
});

test("backup() names its own failure when the copy cannot be read back", async () => {
  const directed = await DirectedStore.open();
  await directed.put("key", "value");
  directed.machine.faults = ({ type, path }) =>
    type === "read" && path.startsWith("/copy") ? { type: "error", code: "EIO" } : undefined;
  const backup = directed.finish(directed.store.backup?.("/copy"));
  await assert.rejects(backup, (error) => isStorageError(error, "STORAGE_BACKUP_FAILED"));
});

test("closing rejects when the disk fails what was under way when it was asked for", async () => {
  const directed = await DirectedStore.open();
  await directed.put("key", "value");
  directed.hold(({ type }) => type === "write");
  await directed.put("key", "lost");
  const closed = assert.rejects(
    async () => directed.store[Symbol.asyncDispose](),
    (error) => isStorageError(error, "STORAGE_WRITE_UNKNOWN"),
  );
  directed.machine.faults = () => ({ type: "error", code: "EIO" });
  await directed.release();
  await closed;
});

test("a snapshot begun while a segment is on its way out does not ask for that segment", async () => {
  // One of the writes that are held is the record that says that the segment is not needed.
  for (let passing = 0; passing < 25; passing++) {
    const directed = await DirectedStore.open({ snapshotEveryRecords: 1 });
    for (let round = 0; round < 4; round++) await directed.put("key", 150);
    const [first = ""] = directed.segments;
    directed.hold(({ type }) => type === "write");
    const compaction = directed.store.compact?.();
    for (let passed = 0; passed <= passing; passed++) {
      await directed.run(4);
      if (passed < passing && directed.machine.waiting > 0) directed.machine.letGo(() => 0);
    }
    directed.scheduler.passSecond();
    await directed.release();
    await directed.finish(compaction);
    const after = directed.machine.afterKill();
    assert.ok(!directed.segments.includes(first) && after.content(HOME).has("SNAPSHOT"));
    assert.equal(await (await DirectedStore.open({}, after)).get("key"), "x".repeat(150));
  }
});

test("a store is sealed with what its log says, also when a full disk came between trim and removal", async () => {
  const directed = await DirectedStore.open();
  for (let round = 0; round < 4; round++) await directed.put("key", 150);
  const compaction = directed.store.compact?.();
  const given = Promise.allSettled([compaction]);
  let writes = 0;
  directed.machine.faults = ({ type }) => {
    writes += type === "write" ? 1 : 0;
    return type === "write" && writes > 0 ? { type: "error", code: "ENOSPC" } : undefined;
  };
  await directed.run();
  directed.machine.faults = () => undefined;
  await directed.passSecond();
  assert.equal((await given)[0].status, "rejected");
  await directed.close();
  assert.ok(directed.machine.content(HOME).has("SEAL"));
  assert.equal(await (await DirectedStore.open({}, directed.machine)).get("key"), "x".repeat(150));
});

test("a key that was swept does not come back without its value when the clock is set back", async () => {
  const directed = await DirectedStore.open({ snapshotEveryRecords: 1 });
  await directed.put("lapses", 150, 5_000);
  for (let round = 0; round < 3; round++) await directed.put("key", 150);
  await directed.passSecond();
  assert.ok(directed.machine.content(HOME).has("SNAPSHOT"));
  directed.nowMs = 5_000;
  assert.equal(directed.store.statistics().keys, 1);
  await directed.finish(directed.store.compact?.());
  const again = await DirectedStore.open({}, directed.machine.afterKill(), 4_000);
  const observed = await observeStore(again.store);
  const keys = observed.values().flatMap((bucket) => bucket.keys.keys());
  assert.deepEqual(keys.toArray(), [Buffer.from("key").toString("hex")]);
});

test("nor when its segment was left over by a crash, without a snapshot", async () => {
  const directed = await DirectedStore.open();
  await directed.put("lapses", 150, 5_000);
  for (let round = 0; round < 3; round++) await directed.put("key", 150);
  directed.nowMs = 5_000;
  assert.equal(directed.store.statistics().keys, 1);
  directed.hold(({ type }) => type === "remove");
  const compaction = directed.store.compact?.();
  await directed.run();
  assert.equal(directed.machine.waiting, 1, "all but the removal is done");
  const after = directed.machine.afterKill();
  await directed.release();
  await directed.finish(compaction);
  const again = await DirectedStore.open({}, after, 4_000);
  assert.deepEqual(
    [await again.get("lapses"), await again.get("key")],
    ["missing", "x".repeat(150)],
  );
});

test("whoever asked for a compaction hears of it when the disk fails for good", async () => {
  const directed = await DirectedStore.open();
  for (let round = 0; round < 3; round++) await directed.put("key", 150);
  const compactions = Promise.allSettled([directed.store.compact?.(), directed.store.compact?.()]);
  directed.machine.faults = ({ type }) =>
    type === "write" ? { type: "error", code: "EIO" } : undefined;
  await directed.put("key", 150);
  const results = await directed.finish(compactions);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  assert.notEqual(directed.store.statistics().compaction?.state, "running");
});

test("that a key has lapsed is not said before the write that let it lapse is on the disk", async () => {
  for (const how of ["put", "expire"] as const) {
    const directed = await DirectedStore.open();
    await directed.put("key", "value");
    if (how === "put")
      await directed.store.put(BUCKET, [{ ...field("key", "v"), expiresAtMs: 10 }]);
    else await directed.store.expire(BUCKET, encode("key"), 10);
    directed.nowMs = 10;
    directed.store.statistics();
    const { outcome, durable } = await directed.store.get(BUCKET, encode("key"));
    assert.equal(outcome.type, "missing");
    assert.notEqual(durable, undefined, how);
    await directed.finish(durable);
  }
});

test("a put whose time is over removes a key that was swept for good", async () => {
  const directed = await DirectedStore.open();
  await directed.put("key", "old", 10);
  directed.nowMs = 20;
  directed.store.statistics();
  const lapsed = { ...field("key", "never seen"), expiresAtMs: 15 };
  await directed.store.put(BUCKET, [lapsed, field("other", "value")]);
  await directed.run();
  const again = await DirectedStore.open({}, directed.machine.afterKill(), 0);
  assert.deepEqual([await again.get("key"), await again.get("other")], ["missing", "value"]);
});

test("a snapshot vouches for no group that is not on the disk", async () => {
  const directed = await DirectedStore.open({
    sync: "never",
    snapshotEveryRecords: 1,
    segmentLimitBytes: 3000,
  });
  for (const key of ["a", "b", "c"]) await directed.put(key, "value");
  directed.hold(({ type, path }) => type === "sync" && path.endsWith(".log"), "late-return");
  directed.scheduler.passSecond();
  await directed.run(4);
  assert.equal(directed.machine.waiting, 1, "the snapshot waits for the log");
  await directed.put("late", "not synced");
  await directed.release();
  assert.ok(directed.machine.content(HOME).has("SNAPSHOT"));
  const again = await DirectedStore.open(
    {},
    directed.machine.afterPowerCut(16, () => 0),
  );
  assert.deepEqual([await again.get("c"), await again.get("late")], ["value", "missing"]);
});
