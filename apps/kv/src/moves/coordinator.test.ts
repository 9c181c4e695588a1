import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { FakeCluster, tableOf } from "./testing/fake-cluster.ts";

const watch = { signal: new AbortController().signal, progress: () => undefined };
const OLD = "a-z=foo@lab";
const NEW = "a-m=foo@lab,n-z=bar@lab";

/** foo has everything, bar nothing. */
function pair(): FakeCluster {
  return new FakeCluster(["foo@lab", "bar@lab"], OLD).start();
}

async function fill(cluster: FakeCluster): Promise<void> {
  const { home } = cluster.node("foo@lab");
  for (const name of ["apples", "nuts", "shopping"]) {
    home.create(name);
    await home.put(name, { k: name, long: "x".repeat(1000) });
  }
}

suite("Coordinator", () => {
  test("plan() says what would move, from where, to where, and changes nothing", async () => {
    await using cluster = pair();
    await fill(cluster);
    const { coordinator } = cluster.node("foo@lab");
    const planned = await coordinator.plan(tableOf(NEW), watch);
    assert.deepEqual(planned, {
      table: NEW,
      nodes: ["bar@lab", "foo@lab"],
      moves: [{ from: "foo@lab", to: "bar@lab", buckets: 2, bytes: 2 * (1 + 4 + 1000) + 4 + 8 }],
    });
    assert.equal(cluster.node("bar@lab").home.plan, undefined);
    assert.equal(cluster.node("foo@lab").home.plan, undefined);
  });

  test("apply() moves what the table gives away, and leaves nothing behind", async () => {
    await using cluster = pair();
    await fill(cluster);
    const [foo, bar] = [cluster.node("foo@lab"), cluster.node("bar@lab")];
    const applied = await foo.coordinator.apply(tableOf("a-m=self,n-z=bar"), watch);
    assert.equal(applied.table, NEW);
    assert.equal(applied.movedBuckets, 2);
    assert.deepEqual(bar.home.contents("nuts"), { k: "nuts", long: "x".repeat(1000) });
    assert.equal(foo.home.contents("nuts"), undefined);
    assert.ok(foo.home.contents("apples"));
    for (const { home } of [foo, bar]) assert.equal(home.plan?.phase, "committed");
    assert.equal(bar.home.arriving.size, 0);
  });

  test("apply() changes nothing anywhere when a node cannot be asked", async () => {
    await using cluster = pair();
    await fill(cluster);
    cluster.down.add("bar@lab");
    await assert.rejects(cluster.node("foo@lab").coordinator.apply(tableOf(NEW), watch), {
      code: "COMMAND_FAILED",
      message: /no connection to bar@lab; .*nothing was changed/u,
    });
    assert.equal(cluster.node("foo@lab").home.plan, undefined);
  });

  test("apply() abandons a plan that a node refuses", async () => {
    await using cluster = pair();
    cluster.node("bar@lab").home.refusesPlans = "it would rather not";
    await assert.rejects(cluster.node("foo@lab").coordinator.apply(tableOf(NEW), watch), {
      message: /bar@lab: it would rather not; nothing was changed/u,
    });
    for (const { home } of cluster.nodes.values()) assert.equal(home.plan, undefined);
  });

  test("apply() refuses another table while a plan is under way, and finishes that one without a table", async () => {
    await using cluster = pair();
    await fill(cluster);
    const [foo, bar] = [cluster.node("foo@lab"), cluster.node("bar@lab")];
    const plan = {
      planId: "p1",
      next: tableOf(NEW),
      previous: [tableOf(OLD)],
      participants: [foo.self, bar.self],
    };
    foo.home.prepare(plan);
    bar.home.prepare(plan);
    bar.home.adopt("p1");
    await assert.rejects(foo.coordinator.apply(tableOf("a-z=bar"), watch), {
      message: /a change to a-m=foo@lab,n-z=bar@lab is under way; finish it with `routing apply`/u,
    });
    const applied = await bar.coordinator.apply(undefined, watch);
    assert.deepEqual([applied.planId, applied.movedBuckets], ["p1", 2]);
    assert.equal(foo.home.plan?.phase, "committed");
  });

  test("apply() begins anew with a plan that was left behind prepared: buckets may be where that does not know of", async () => {
    await using cluster = new FakeCluster(["foo@lab", "bar@lab", "baz@lab"], OLD).start();
    await fill(cluster);
    const [foo, bar] = [cluster.node("foo@lab"), cluster.node("bar@lab")];
    // Its coordinator could not ask baz, prepared foo and bar, and died.
    const left = {
      planId: "left",
      next: tableOf(NEW),
      previous: [tableOf(OLD)],
      participants: [foo.self, bar.self],
    };
    bar.home.prepare(left);
    // Meanwhile, without bar, everything went to baz.
    cluster.down.add("bar@lab");
    await foo.coordinator.apply(tableOf("a-z=baz@lab"), watch);
    cluster.down.clear();
    const applied = await bar.coordinator.apply(undefined, watch);
    assert.notEqual(applied.planId, "left");
    assert.deepEqual(applied.nodes, ["bar@lab", "baz@lab", "foo@lab"]);
    assert.ok(bar.home.contents("shopping"));
    assert.ok(foo.home.contents("apples"));
    assert.equal(cluster.node("baz@lab").home.contents("nuts"), undefined);
  });

  test("apply() without a table says that there is nothing to finish", async () => {
    await using cluster = pair();
    await assert.rejects(cluster.node("foo@lab").coordinator.apply(undefined, watch), {
      message: /no change is under way/u,
    });
  });

  test("apply() says which bucket cannot be moved, and why, and leaves the plan to be finished", async () => {
    await using cluster = pair();
    await fill(cluster);
    const [foo, bar] = [cluster.node("foo@lab"), cluster.node("bar@lab")];
    bar.home.create("nuts");
    await assert.rejects(foo.coordinator.apply(tableOf(NEW), watch), {
      message: /foo@lab: cannot move "nuts" to bar@lab: it has a bucket of this name/u,
    });
    assert.ok(bar.home.contents("shopping"));
    assert.equal(foo.home.plan?.phase, "adopted");
    bar.home.drop("nuts");
    const { movedBuckets } = await foo.coordinator.apply(undefined, watch);
    assert.equal(movedBuckets, 2);
    assert.deepEqual(bar.home.contents("nuts"), { k: "nuts", long: "x".repeat(1000) });
  });

  test("abandon() forgets a plan that nobody has adopted, and no other", async () => {
    await using cluster = pair();
    const [foo, bar] = [cluster.node("foo@lab"), cluster.node("bar@lab")];
    const participants = [foo.self, bar.self];
    const plan = { planId: "p1", next: tableOf(NEW), previous: [tableOf(OLD)], participants };
    foo.home.prepare(plan);
    await foo.coordinator.abandon();
    assert.equal(foo.home.plan, undefined);
    foo.home.prepare(plan);
    foo.home.adopt("p1");
    await assert.rejects(foo.coordinator.abandon(), { message: /foo@lab goes by its table/u });
  });

  test("status() has every node, also one that cannot be asked", async () => {
    await using cluster = new FakeCluster(["foo@lab", "bar@lab"], NEW);
    await fill(cluster);
    cluster.down.add("bar@lab");
    const [foo, bar] = await cluster.node("foo@lab").coordinator.status(watch);
    assert.deepEqual(bar, { node: "bar@lab", problem: "no connection to bar@lab" });
    assert.deepEqual(foo, {
      node: "foo@lab",
      table: NEW,
      origin: "configuration",
      moved: { buckets: 0, bytes: 0 },
      left: { buckets: 2, bytes: 2 * 1005 + 12 },
      longestPauseMs: 0,
    });
  });
});
