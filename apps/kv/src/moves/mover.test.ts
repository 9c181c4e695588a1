import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { brandRevision, bucketNamed } from "../remote/testing/any-part.ts";
import { FakeCluster, type FakeNode, tableOf } from "./testing/fake-cluster.ts";

const OLD = "a-z=foo@lab";
const NEW = "a-z=bar@lab";

/** Both go by the new table, which gives everything to bar. */
function adopted(cluster: FakeCluster): { foo: FakeNode; bar: FakeNode } {
  const [foo, bar] = [cluster.node("foo@lab"), cluster.node("bar@lab")];
  const participants = [foo.self, bar.self];
  for (const { home } of [foo, bar]) {
    home.prepare({ planId: "p", next: tableOf(NEW), previous: tableOf(OLD), participants });
    home.adopt("p");
  }
  return { foo, bar };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}

suite("Mover", () => {
  test("moves a bucket that is written to all the while: nothing is lost, and requests wait once", async () => {
    await using cluster = new FakeCluster(["foo@lab", "bar@lab"], OLD);
    const { foo, bar } = adopted(cluster);
    foo.home.create("b");
    for (let key = 0; key < 3_000; key++) await foo.home.put("b", { [`k${key}`]: "old" });
    cluster.start();
    const expected: Record<string, string> = {};
    for (let write = 0; !foo.home.records.has("b"); write++) {
      const key = `k${(write * 7) % 3_500}`;
      await foo.home.put("b", { [key]: String(write) });
      if (foo.home.records.has("b")) break;
      expected[key] = String(write);
      if (write % 5 === 0) await setImmediate();
    }
    await until(() => foo.mover.report.isIdle);
    const contents = bar.home.contents("b") ?? {};
    for (const [key, value] of Object.entries(expected)) assert.equal(contents[key], value, key);
    assert.equal(foo.home.contents("b"), undefined);
    assert.equal(bar.home.arriving.size, 0);
    assert.ok(foo.mover.report.movedBytes > 3_000 * 6);
  });

  test("tries again until the other node can be asked", async () => {
    await using cluster = new FakeCluster(["foo@lab", "bar@lab"], OLD);
    const { foo, bar } = adopted(cluster);
    foo.home.create("b");
    cluster.down.add("bar@lab");
    cluster.start();
    await until(() => foo.mover.report.problem !== undefined);
    assert.equal(
      foo.mover.report.problem,
      "could not move buckets to bar@lab: no connection to bar@lab",
    );
    assert.ok(foo.home.contents("b"));
    cluster.down.clear();
    await until(() => foo.mover.report.isIdle);
    assert.deepEqual(bar.home.contents("b"), {});
    assert.equal(foo.mover.report.problem, undefined);
  });

  test("has a move confirmed that an earlier run has committed, also when no plan is under way", async () => {
    await using cluster = new FakeCluster(["foo@lab", "bar@lab"], OLD);
    const [foo, bar] = [cluster.node("foo@lab"), cluster.node("bar@lab")];
    foo.home.create("b");
    const moveId = "m";
    bar.home.begin({
      bucket: bucketNamed("b"),
      moveId,
      from: foo.self,
      lifetime: "kept",
      expiresAtMs: undefined,
      revisionFloor: brandRevision(1),
    });
    const record = {
      bucket: bucketNamed("b"),
      to: bar.self,
      moveId,
      planId: "p",
      isConfirmed: false,
    };
    foo.home.records.set("b", record);
    cluster.start();
    await until(() => foo.mover.report.isIdle);
    assert.equal(foo.home.records.get("b")?.isConfirmed, true);
    assert.equal(foo.home.contents("b"), undefined);
    assert.ok(bar.home.isServed(bucketNamed("b")));
  });

  test("begins anew when the time of the bucket is changed meanwhile, and takes the new one along", async () => {
    await using cluster = new FakeCluster(["foo@lab", "bar@lab"], OLD);
    const { foo, bar } = adopted(cluster);
    foo.home.create("b");
    for (let key = 0; key < 2_000; key++) await foo.home.put("b", { [`k${key}`]: "v" });
    cluster.start();
    await until(() => bar.home.arriving.has("b"));
    foo.home.changeTime("b", 9_999);
    await until(() => foo.mover.report.isIdle);
    const { outcome } = bar.home.store.describeBucket(bucketNamed("b"));
    assert.ok(outcome.type === "found" && outcome.keys === 2_000);
    assert.equal(outcome.expiresAtMs, 9_999);
  });

  test("leaves a bucket alone that is dropped while it is copied", async () => {
    await using cluster = new FakeCluster(["foo@lab", "bar@lab"], OLD);
    const { foo, bar } = adopted(cluster);
    foo.home.create("b");
    for (let key = 0; key < 2_000; key++) await foo.home.put("b", { [`k${key}`]: "v" });
    cluster.start();
    await until(() => bar.home.arriving.has("b"));
    foo.home.drop("b");
    await until(() => foo.mover.report.isIdle);
    assert.equal(foo.home.records.size, 0);
    assert.equal(bar.home.isServed(bucketNamed("b")), false);
  });
});
