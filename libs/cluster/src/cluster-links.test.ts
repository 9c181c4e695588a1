import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeEvent } from "./cluster.ts";
import { AuditedScene, textOf } from "./testing/audited-scene.ts";
import { nodeNamed } from "./testing/node-named.ts";
import { recordEvents } from "./testing/record-events.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];

test("call() dials at the first call, which waits, and both ends have the link", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const [one, other] = [await scene.start(foo), await scene.start(bar)];
  const seen: NodeEvent[] = [];
  const unwatch = one.cluster.watch((event) => void seen.push(event));
  assert.deepEqual(one.cluster.nodes(), []);
  assert.equal((await scene.call(one, bar)).outcome, "answered");
  assert.deepEqual([one.cluster.nodes(), other.cluster.nodes()], [[bar], [foo]]);
  assert.equal((await scene.call(other, foo)).outcome, "answered");
  assert.deepEqual([one.process.streams.size, other.process.streams.size], [1, 1]);
  assert.deepEqual(seen, [{ type: "up", node: bar }]);
  unwatch();
  other.process.kill();
  await scene.world.run(100);
  assert.equal(seen.length, 1);
  const messages = recorder.events.map(({ self, message }) => `${self}: ${message}`);
  assert.deepEqual(messages, [
    "foo@lab: nodes can reach foo@lab at /nodes/foo@lab.node.sock",
    "bar@lab: nodes can reach bar@lab at /nodes/bar@lab.node.sock",
    "bar@lab: linked with foo@lab",
    "foo@lab: linked with bar@lab",
    "foo@lab: no more linked with bar@lab: the connection was lost",
    "foo@lab: cannot link with bar@lab: connection refused",
  ]);
});

test("call() to a node that is not there fails at once, and the first one after it has come works", async () => {
  const scene = new AuditedScene();
  const one = await scene.start(foo);
  for (let round = 0; round < 3; round++) {
    const { outcome, tookMs } = await scene.call(one, bar);
    assert.equal(textOf(outcome), "no connection to bar@lab");
    assert.ok(tookMs <= 10, `${tookMs} ms`);
    // Long enough for the pauses in the background to have grown.
    await scene.world.run(20_000);
  }
  const other = await scene.start(bar);
  assert.equal((await scene.call(one, bar)).outcome, "answered");
  other.process.kill();
  await scene.world.run(10);
  assert.equal(textOf((await scene.call(one, bar)).outcome), "no connection to bar@lab");
  // However little later it comes, and it is called.
  await scene.start(bar);
  assert.equal((await scene.call(one, bar)).outcome, "answered");
});

test("call() to a node that was absent, and hangs now, waits once", async () => {
  const scene = new AuditedScene();
  const one = await scene.start(foo);
  await scene.call(one, bar);
  await scene.world.run(60);
  const other = await scene.start(bar);
  other.process.freeze();
  const times: number[] = [];
  for (let call = 0; call < 3; call++) {
    const { outcome, tookMs } = await scene.call(one, bar);
    assert.equal(textOf(outcome), "no connection to bar@lab");
    times.push(Math.round(tookMs));
  }
  assert.deepEqual(times, [1000, 0, 0]);
});

test("call() to a dead node dials no more often than the pauses say", async () => {
  const scene = new AuditedScene();
  const one = await scene.start(foo);
  let dials = 0;
  const { network } = one.process;
  const dial = network.dial.bind(network);
  network.dial = (place, listener) => {
    dials++;
    return dial(place, listener);
  };
  for (let call = 0; call < 1000; call++) {
    scene.begin(one, bar);
    await scene.world.run(1);
  }
  assert.ok(dials <= 1000 / 5 + 1, `${dials} dials in a second`);
  dials = 0;
  await scene.world.run(600_000);
  // In the background, until nobody has asked for a minute: 5 s apart at most, 2.5 s at least.
  assert.ok(dials >= 12 && dials <= 30, `${dials} dials in ten minutes`);
  assert.ok(
    scene.audit.calls.every(({ settled }) => textOf(settled[0]) === "no connection to bar@lab"),
  );
});

test("call() to a node that is lost fails what was sent as that, and what waits as not sent", async () => {
  const scene = new AuditedScene(1, { latencyMs: 10 });
  const never = { answerAfterMs: () => undefined };
  const [one] = await scene.startLinked([foo, bar], never);
  const write = scene.begin(one, bar);
  const read = scene.begin(one, bar, { isWrite: false });
  await scene.world.run(50);
  const unsent = scene.begin(one, bar);
  const [stream] = one.process.streams;
  stream?.destroy();
  one.process.freeze();
  one.process.thaw();
  await scene.world.run(50);
  const texts = [write, read].map(({ settled }) => textOf(settled[0]));
  assert.deepEqual(texts, [
    "the connection to bar@lab was lost; the write may have been applied",
    "the connection to bar@lab was lost",
  ]);
  assert.equal(unsent.settled.length, 1);
  scene.audit.check(() => false);
});

test("call() to a frozen node fails within the time of a silence, then at once; it heals by itself", async () => {
  const scene = new AuditedScene();
  const [one, other] = await scene.startLinked([foo, bar]);
  other.process.freeze();
  const { outcome, tookMs } = await scene.call(one, bar, { timeoutMs: 10_000 });
  assert.equal(
    textOf(outcome),
    "bar@lab did not answer: nothing was heard of it for 3 s; the write may have been applied",
  );
  assert.ok(tookMs >= 2000 && tookMs <= 3600, `${tookMs} ms`);
  for (let call = 0; call < 10; call++) {
    const failed = await scene.call(one, bar);
    assert.equal(textOf(failed.outcome), "no connection to bar@lab");
    assert.equal(failed.tookMs, 0);
    await scene.world.run(1000);
  }
  other.process.thaw();
  await scene.world.run(1000);
  assert.deepEqual([one.cluster.nodes(), other.cluster.nodes()], [[bar], [foo]]);
  assert.equal((await scene.call(one, bar)).outcome, "answered");
  scene.audit.check(() => false);
});

test("call() says of a node that is frozen what is known, in each moment", async () => {
  const scene = new AuditedScene();
  const [one, other] = await scene.startLinked([foo, bar]);
  const stranger = await scene.start("qux@lab");
  other.process.freeze();
  const read = scene.begin(one, bar, { isWrite: false });
  const write = scene.begin(one, bar);
  // Nothing of it goes out before there is a link.
  const linkless = await scene.call(stranger, bar, { timeoutMs: 2000 });
  assert.equal(textOf(linkless.outcome), "no connection to bar@lab");
  assert.equal(linkless.tookMs, 2000);
  // The silence is as long as it is, however late a call comes.
  const late = await scene.call(one, bar);
  assert.ok(late.tookMs < 1500, `${late.tookMs} ms`);
  const silence = "bar@lab did not answer: nothing was heard of it for 3 s";
  assert.equal(textOf(read.settled[0]), silence);
  for (const outcome of [write.settled[0], late.outcome]) {
    assert.equal(textOf(outcome), `${silence}; the write may have been applied`);
  }
  assert.equal(textOf((await scene.call(one, bar)).outcome), "no connection to bar@lab");
  scene.audit.check(() => false);
});

test("a node that was stopped for too long drops what lies unread on its links", async () => {
  for (let seed = 0; seed < 10; seed++) {
    const scene = new AuditedScene(seed);
    const [one, other] = await scene.startLinked([foo, bar]);
    other.process.freeze();
    const first = scene.begin(one, bar);
    await scene.world.run(10_000);
    other.process.thaw();
    await scene.world.run(10_000);
    const second = scene.begin(one, bar);
    await scene.world.run(1000);
    assert.deepEqual([first.served, second.served], [0, 1], `seed ${seed}`);
    assert.equal(second.settled[0], "answered");
  }
});

test("call() fails at its deadline, and passes over the answer that comes later", async () => {
  const scene = new AuditedScene();
  const [one] = await scene.startLinked([foo, bar], { answerAfterMs: () => 500 });
  const { outcome, tookMs } = await scene.call(one, bar, { timeoutMs: 200 });
  assert.equal(
    textOf(outcome),
    "bar@lab did not answer in 200 ms; the write may have been applied",
  );
  assert.equal(tookMs, 200);
  await scene.world.run(1000);
  assert.equal((await scene.call(one, bar)).outcome, "answered");
  assert.equal((await scene.call(one, bar, { timeoutMs: 0 })).call.served, 0);
  scene.audit.check(() => false);
});

test("nodes that dial each other at once come to one link, and nothing is lost on the way", async () => {
  for (let seed = 0; seed < 200; seed++) {
    const scene = new AuditedScene(seed, { latencyMs: 5 });
    const [one, other] = [await scene.start(foo), await scene.start(bar)];
    const calls = [scene.begin(one, bar)];
    if (seed % 3 > 0) await scene.world.run(seed % 20);
    calls.push(scene.begin(other, foo));
    await scene.world.run(2000);
    assert.deepEqual(
      calls.map(({ settled }) => textOf(settled[0])),
      ["answered", "answered"],
      `seed ${seed}`,
    );
    assert.deepEqual(
      [one.process.streams.size, other.process.streams.size],
      [1, 1],
      `seed ${seed}`,
    );
  }
});

test("the network is cut, one way or both, and healed: both ends find out, and link again", async () => {
  const ways = [
    [[foo, bar]],
    [[bar, foo]],
    [
      [foo, bar],
      [bar, foo],
    ],
  ] as const;
  for (const cuts of ways) {
    const scene = new AuditedScene();
    const [one, other] = await scene.startLinked([foo, bar]);
    for (const [from, to] of cuts) scene.world.cut(from, to);
    const call = scene.begin(one, bar);
    await scene.world.run(20_000);
    assert.deepEqual([one.cluster.nodes(), other.cluster.nodes()], [[], []]);
    assert.equal(call.settled.length, 1);
    for (const [from, to] of cuts) scene.world.heal(from, to);
    await scene.world.run(12_000);
    assert.deepEqual([one.cluster.nodes(), other.cluster.nodes()], [[bar], [foo]]);
    assert.equal((await scene.call(one, bar)).outcome, "answered");
    scene.audit.check(() => false);
  }
});
