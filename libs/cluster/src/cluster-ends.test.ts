import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterError } from "./errors.ts";
import { isolatedCluster } from "./isolated-cluster.ts";
import { AuditedScene, textOf } from "./testing/audited-scene.ts";
import { nodeNamed } from "./testing/node-named.ts";
import { recordEvents } from "./testing/record-events.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];

test("connect(), ping() and disconnect() do what they say", async () => {
  const scene = new AuditedScene();
  const one = await scene.start(foo);
  await assert.rejects(scene.when(one.cluster.connect(bar)), {
    code: "CLUSTER_NO_CONNECTION",
    message: "no connection to bar@lab: connection refused",
  });
  assert.equal(await scene.when(one.cluster.ping(bar)), "pang");
  const other = await scene.start(bar);
  // However long the pause would last.
  const startedMs = scene.world.nowMs;
  await scene.when(Promise.all([one.cluster.connect(bar), one.cluster.connect(bar)]));
  assert.ok(scene.world.nowMs - startedMs < 10);
  await scene.when(one.cluster.connect(bar));
  assert.equal(await scene.when(one.cluster.ping(bar)), "pong");
  assert.equal(await scene.when(other.cluster.ping(foo)), "pong");
  await scene.when(one.cluster.disconnect(bar));
  await scene.world.run(60_000);
  assert.deepEqual([one.cluster.nodes(), other.cluster.nodes()], [[], []]);
  assert.equal((await scene.call(one, bar)).outcome, "answered");
});

test("ping() of a node that is stopped is a pang", async () => {
  const scene = new AuditedScene();
  const [one, other] = await scene.startLinked([foo, bar]);
  other.process.freeze();
  assert.equal(await scene.when(one.cluster.ping(bar)), "pang");
  assert.equal(await scene.when(one.cluster.ping(bar)), "pang");
});

test("disconnect() lets what is under way be answered, in both directions", async () => {
  using recorder = recordEvents();
  const slow = { answerAfterMs: () => 300 };
  const scene = new AuditedScene();
  const [one, other] = [await scene.start(foo, slow), await scene.start(bar, slow)];
  await scene.when(one.cluster.connect(bar));
  const calls = [scene.begin(one, bar), scene.begin(other, foo)];
  await scene.world.run(10);
  const ended = one.cluster.disconnect(bar);
  calls.push(scene.begin(one, bar));
  await scene.when(ended);
  await scene.world.run(10);
  assert.deepEqual(
    calls.map(({ settled }) => textOf(settled[0])),
    ["answered", "answered", "no connection to bar@lab"],
  );
  scene.audit.check(() => false);
  const downs = recorder.events.flatMap((event) => (event.type === "node-down" ? [event.why] : []));
  assert.deepEqual(downs.toSorted(), ["disconnected", "left"]);
});

test("disconnect() waits no longer than farewellMs", async () => {
  const scene = new AuditedScene();
  const [one] = await scene.startLinked([foo, bar], { answerAfterMs: () => undefined });
  const call = scene.begin(one, bar);
  await scene.world.run(10);
  await scene.when(one.cluster.disconnect(bar));
  assert.equal(
    textOf(call.settled[0]),
    "the connection to bar@lab was lost; the write may have been applied",
  );
});

test("Cluster, disposed of, leaves nothing behind: no link, no timer that dials, no door", async () => {
  const scene = new AuditedScene();
  const [one, other] = await scene.startLinked([foo, bar]);
  const lost = scene.begin(one, "baz@lab");
  await scene.when(Promise.resolve(one.cluster[Symbol.asyncDispose]()));
  await scene.world.run(120_000);
  assert.deepEqual([one.process.streams.size, other.process.streams.size], [0, 0]);
  assert.deepEqual([...scene.world.doors.keys()], ["/nodes/bar@lab.node.sock"]);
  assert.equal(textOf(lost.settled[0]), "no connection to baz@lab");
  assert.equal(textOf((await scene.call(one, bar)).outcome), "no connection to bar@lab");
  assert.equal(textOf((await scene.call(other, foo)).outcome), "no connection to foo@lab");
  await assert.rejects(scene.when(one.cluster.connect(bar)), { code: "CLUSTER_NO_CONNECTION" });
  // Of a node that it has never heard of before, too.
  await scene.start("qux@lab");
  assert.equal(textOf((await scene.call(one, "qux@lab")).outcome), "no connection to qux@lab");
  // The same name may join again.
  await scene.start(foo);
  await scene.world.run(100);
  assert.equal((await scene.call(other, foo)).outcome, "answered");
});

test("openCluster() refuses options that cannot be, and a name that is taken", async () => {
  const scene = new AuditedScene();
  await scene.start(foo);
  const nodes = { "bar@lab.example": { host: "10.0.0.1", port: 1 } };
  const cases = [
    [
      {},
      /^ClusterError: cannot listen at \/nodes\/foo@lab\.node\.sock: another node of this name/u,
    ],
    [{ cookie: "" }, /^ClusterError: cannot link nodes: cookie: it is empty$/u],
    [
      { nodes },
      /^ClusterError: cannot link nodes: nodes: bar@lab\.example has a long name, foo@lab a short one$/u,
    ],
    [{ nodes: { bar: { host: "x", port: 1 } } }, /"bar" is no node name: expected name@host$/u],
    [{ timing: { heartbeatMs: 2000 } }, /silenceLimitMs: it must be at least twice/u],
    [
      { directory: `/${"d".repeat(100)}` },
      /^ClusterError: cannot listen at \/d+: the path of a socket/u,
    ],
  ] as const;
  for (const [options, message] of cases) await assert.rejects(scene.start(foo, options), message);
});

test("call() fails at once where there is no way: this node itself, another host, another kind of name", async () => {
  const scene = new AuditedScene();
  const one = await scene.start(foo);
  const expected = {
    [foo]: "no connection to foo@lab: it is this node",
    "bar@den": "no connection to bar@den: it is on another host, and no address is configured",
    "bar@lab.example":
      "no connection to bar@lab.example: bar@lab.example has a long name, this node a short one",
  };
  for (const [name, message] of Object.entries(expected)) {
    const { outcome, tookMs } = await scene.call(one, name);
    assert.equal(textOf(outcome), message);
    assert.equal(tookMs, 0);
    await assert.rejects(scene.when(one.cluster.connect(nodeNamed(name))), { message });
  }
  assert.equal(scene.audit.calls.length, 3);
});

test("call() fails at once for what is too large, or more than may wait", async () => {
  const scene = new AuditedScene();
  const one = await scene.start(foo, { limits: { payloadLimitBytes: 3 } });
  const { outcome } = await scene.call(one, bar);
  assert.equal(
    textOf(outcome),
    "the request is too large to be sent to bar@lab: the limit is 3 bytes",
  );
  const other = await scene.start(bar, { limits: { callLimit: 2 } });
  const calls = [1, 2, 3].map(() => scene.begin(other, foo));
  await scene.world.run(0);
  assert.deepEqual(
    calls.map(({ settled }) => textOf(settled[0])),
    [undefined, undefined, "too much waits to be sent to foo@lab"],
  );
});

test("isCongested() and onRelief() tell callers when to wait, and when no more", async () => {
  const scene = new AuditedScene(1, { latencyMs: 20 });
  const one = await scene.start(foo, { limits: { queueLimitBytes: 40 } });
  await scene.start(bar);
  let relieved = 0;
  const relieve = (): void => void relieved++;
  assert.ok(!one.cluster.isCongested(bar));
  one.cluster.onRelief(bar, relieve);
  assert.equal(relieved, 0);
  await scene.world.run(0);
  assert.equal(relieved, 1);
  // While it is dialled, calls wait here.
  const calls = [1, 2, 3].map(() => scene.begin(one, bar));
  assert.ok(one.cluster.isCongested(bar));
  one.cluster.onRelief(bar, relieve);
  assert.equal(relieved, 1);
  await scene.world.run(200);
  assert.ok(!one.cluster.isCongested(bar));
  assert.equal(relieved, 2);
  assert.ok(calls.every(({ settled }) => settled[0] === "answered"));
});

test("isolatedCluster() reaches nobody, and says so later", async () => {
  await using cluster = isolatedCluster(foo);
  assert.equal(await cluster.ping(bar), "pang");
  await assert.rejects(cluster.connect(bar), /on its own/u);
  const failed = Promise.withResolvers<ClusterError>();
  let hasReturned = false;
  cluster.call(bar, {
    deadlineMs: Infinity,
    isWrite: true,
    byteLength: 0,
    write: () => assert.fail(),
    answered: () => assert.fail(),
    failed: (error) => {
      assert.ok(hasReturned);
      failed.resolve(error);
    },
  });
  hasReturned = true;
  assert.equal((await failed.promise).message, "no connection to bar@lab");
});
