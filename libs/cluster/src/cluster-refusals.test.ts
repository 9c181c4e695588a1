import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterEvent } from "./events.ts";
import {
  encodeHello,
  encodeMessage,
  encodePreamble,
  messageType,
} from "./handshake/handshake-message.ts";
import { helloOf, makeIdentity } from "./handshake/identity.ts";
import type { Stream } from "./network/network.ts";
import { openCluster } from "./open-cluster.ts";
import { AuditedScene, textOf } from "./testing/audited-scene.ts";
import { nodeNamed } from "./testing/node-named.ts";
import { recordEvents } from "./testing/record-events.ts";
import type { SimulatedWorld } from "./testing/simulated-world.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];
const barPlace = { type: "unix", path: "/nodes/bar@lab.node.sock" } as const;

/** What each node has said of links that do not come about. */
function refusals(events: readonly ClusterEvent[]): readonly string[] {
  return events
    .filter(({ type }) => type === "refused")
    .map(({ self, level, message }) => `${self} ${level}: ${message}`)
    .toSorted();
}

/** A stranger that dials bar and says `bytes`; `heard` has what comes back. */
function dialAsStranger(world: SimulatedWorld, bytes: Uint8Array, heard: Uint8Array[] = []) {
  const state = { isClosed: false, heard };
  const stream = world.start("stranger").network.dial(barPlace, {
    received: (piece) => void heard.push(Uint8Array.from(piece)),
    drained() {},
    closed: () => (state.isClosed = true),
    distrusted() {},
  });
  stream.write(bytes);
  return state;
}

test("nodes with different cookies do not link; both say so, once a minute, and dial ever more rarely", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const [one, other] = [await scene.start(foo), await scene.start(bar, { cookie: "guess" })];
  await assert.rejects(scene.when(one.cluster.connect(bar)), {
    code: "CLUSTER_REFUSED",
    message: "no connection to bar@lab: bar@lab has another cookie",
  });
  for (let call = 0; call < 50; call++) {
    const { outcome, tookMs } = await scene.call(one, bar);
    assert.equal(textOf(outcome), "no connection to bar@lab: bar@lab has another cookie");
    assert.equal(tookMs, 0);
    await scene.world.run(1000);
  }
  assert.deepEqual([one.cluster.nodes(), other.cluster.nodes()], [[], []]);
  assert.deepEqual(refusals(recorder.events), [
    "bar@lab error: not linked with foo@lab: foo@lab has another cookie",
    "foo@lab error: not linked with bar@lab: bar@lab has another cookie",
  ]);
  await scene.world.run(10_000);
  await scene.call(one, bar);
  await scene.world.run(10_000);
  const [, again = ""] = refusals(recorder.events);
  const count = Number(/\(and (?<count>\d+) more like it\)$/u.exec(again)?.groups?.["count"]);
  assert.ok(count >= 10 && count <= 40, again);
});

test("nodes of different protocol versions do not link, and both say which they speak", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const one = await scene.start(foo);
  // A node that speaks version 2: it begins as every version does.
  const streams: Stream[] = [];
  const next = scene.world.start(bar);
  const door = await next.network.listen(barPlace, {
    accepted: (stream) => {
      streams.push(stream);
      stream.write(Uint8Array.of(...Buffer.from("KVND"), 2, 0));
    },
    distrusted() {},
    failed() {},
  });
  const { outcome } = await scene.call(one, bar);
  const text = "bar@lab speaks version 2 of the node protocol, this node version 1";
  assert.equal(textOf(outcome), `no connection to bar@lab: ${text}`);
  await door[Symbol.asyncDispose]();
  await scene.start(bar);
  const stranger = dialAsStranger(scene.world, Uint8Array.of(...Buffer.from("KVND"), 2, 0, 9, 9));
  await scene.world.run(100);
  assert.ok(stranger.isClosed);
  assert.deepEqual(Buffer.concat(stranger.heard), Buffer.from(encodePreamble()));
  assert.deepEqual(refusals(recorder.events), [
    "bar@lab error: not linked with a node at stranger: a node at stranger speaks version 2 of the node protocol, this node version 1",
    `foo@lab error: not linked with bar@lab: ${text}`,
  ]);
});

test("a short name and a long one do not link, and both say so", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const address = { host: "10.0.0.2", port: 7000 };
  const one = await scene.start(foo, { nodes: { "bar@den": address } });
  await scene.start("bar@den.example", { listen: address });
  const { outcome } = await scene.call(one, "bar@den");
  const text = "bar@den has a long name, this node a short one";
  assert.equal(textOf(outcome), `no connection to bar@den: ${text}`);
  assert.deepEqual(refusals(recorder.events), [
    "bar@den.example error: not linked with foo@lab: foo@lab has a short name, this node a long one",
    `foo@lab error: not linked with bar@den: ${text}`,
  ]);
});

test("a node is told when there is another one at the place of the one it meant", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const address = { host: "10.0.0.2", port: 7000 };
  const one = await scene.start(foo, { nodes: { "bar@den": address } });
  await scene.start("baz@den", { listen: address });
  const { outcome } = await scene.call(one, "bar@den");
  const text = "the node at the place of bar@den is baz@den";
  assert.equal(textOf(outcome), `no connection to bar@den: ${text}`);
  assert.deepEqual(refusals(recorder.events), [
    `baz@den error: not linked with foo@lab: ${text}`,
    `foo@lab error: not linked with bar@den: ${text}`,
  ]);
});

test("of two nodes of one name the first stays linked, and both others say that there are two", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const address = { host: "10.0.0.2", port: 7000 };
  const nodes = { "bar@den": address };
  const first = await scene.start(foo, { nodes });
  const other = await scene.start("bar@den", { listen: address });
  assert.equal((await scene.call(first, "bar@den")).outcome, "answered");
  const second = await scene.start(foo, { nodes, directory: "/elsewhere" });
  const { outcome } = await scene.call(second, "bar@den");
  const text = "there are two nodes named foo@lab";
  assert.equal(textOf(outcome), `no connection to bar@den: ${text}`);
  assert.equal((await scene.call(first, "bar@den")).outcome, "answered");
  assert.deepEqual(refusals(recorder.events), [
    `bar@den error: not linked with foo@lab: ${text}`,
    `foo@lab error: not linked with bar@den: ${text}`,
  ]);
  // The first one ends: its name is free.
  await scene.when(Promise.resolve(first.cluster[Symbol.asyncDispose]()));
  await scene.world.run(10_000);
  assert.equal((await scene.call(second, "bar@den")).outcome, "answered");
  assert.deepEqual(other.cluster.nodes(), [foo]);
});

test("a node that comes anew takes the place of its link that is dead, when that has not answered", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const [one, other] = await scene.startLinked([foo, bar]);
  // Its host has lost power: nobody hears of it.
  scene.world.cut(foo, bar);
  one.process.kill();
  await scene.world.run(10);
  const again = scene.world.start("foo's next host");
  const { network, scheduler, randomBytes } = again;
  const cluster = await openCluster({
    self: foo,
    cookie: "secret",
    directory: "/nodes",
    network,
    scheduler,
    randomBytes,
    serve() {},
  });
  const startedMs = scene.world.nowMs;
  await scene.when(cluster.connect(bar));
  const tookMs = scene.world.nowMs - startedMs;
  assert.ok(tookMs >= 1000 && tookMs < 1100, `${tookMs} ms`);
  assert.deepEqual(other.cluster.nodes(), [foo]);
  const downs = recorder.events.flatMap((event) => (event.type === "node-down" ? [event.why] : []));
  assert.deepEqual(downs, ["replaced"]);
});

test("whoever comes in and does not speak like a node is not answered, and does no harm", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const [one] = await scene.startLinked([foo, bar]);
  const hello = Uint8Array.of(
    ...encodePreamble(),
    ...encodeMessage(messageType.hello, new Uint8Array(9)),
  );
  const proof = Uint8Array.of(
    ...encodePreamble(),
    ...encodeMessage(messageType.proof, new Uint8Array(32)),
  );
  const strangers = [
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    new Uint8Array(5000),
    hello,
    proof,
    Uint8Array.of(...encodePreamble(), 77, 0, 0),
    Uint8Array.of(...encodePreamble(), 1, 255, 255),
  ].map((bytes) => dialAsStranger(scene.world, bytes));
  await scene.world.run(100);
  assert.ok(strangers.every(({ isClosed }) => isClosed));
  const [http] = strangers;
  assert.deepEqual(http?.heard, []);
  assert.equal((await scene.call(one, bar)).outcome, "answered");
  assert.deepEqual(refusals(recorder.events), [
    "bar@lab error: not linked with a node at stranger: a node at stranger does not speak the node protocol",
  ]);
});

test("a bounded number of strangers may be in their handshake, for a bounded time", async () => {
  using recorder = recordEvents();
  const scene = new AuditedScene();
  const [one] = [await scene.start(foo), await scene.start(bar, { limits: { strangerLimit: 3 } })];
  const strangers = [1, 2, 3, 4, 5].map(() => dialAsStranger(scene.world, encodePreamble()));
  await scene.world.run(100);
  assert.deepEqual(
    strangers.map(({ isClosed }) => isClosed),
    [false, false, false, true, true],
  );
  const told = recorder.events.filter(({ type }) => type === "turned-away");
  assert.deepEqual(
    told.map(({ message }) => message),
    ["a connection was turned away: 3 others have not proven who they are yet"],
  );
  await scene.world.run(5000);
  assert.ok(strangers.every(({ isClosed }) => isClosed));
  assert.equal((await scene.call(one, bar)).outcome, "answered");
});

test("the acceptor proves nothing before the dialler has", async () => {
  const scene = new AuditedScene();
  await scene.start(bar);
  const { scheduler, randomBytes } = scene.world.start("thief");
  const identity = makeIdentity({ self: foo, cookie: "?", randomBytes, scheduler, timeoutMs: 1 });
  const hello = encodeMessage(messageType.hello, encodeHello(helloOf(identity, "dialler", bar)));
  const wrong = encodeMessage(messageType.proof, new Uint8Array(32));
  const thief = dialAsStranger(scene.world, Uint8Array.of(...encodePreamble(), ...hello, ...wrong));
  await scene.world.run(100);
  const heard = Buffer.concat(thief.heard);
  const helloLength = heard.readUInt16LE(encodePreamble().length + 1);
  const rest = heard.subarray(encodePreamble().length + 3 + helloLength);
  // What follows the hello is a refusal, not a proof.
  assert.equal(rest[0], messageType.refusal);
  assert.equal(rest.readUInt16LE(1), rest.length - 3);
  assert.ok(thief.isClosed);
});

test("the dialler takes nobody for a node that does not know the cookie, whatever it gives back", async () => {
  const scene = new AuditedScene();
  const one = await scene.start(foo);
  const { network, scheduler, randomBytes } = scene.world.start(bar);
  const identity = makeIdentity({ self: bar, cookie: "?", randomBytes, scheduler, timeoutMs: 1 });
  const hello = encodeMessage(messageType.hello, encodeHello(helloOf(identity, "acceptor", foo)));
  let proofs = 0;
  await network.listen(barPlace, {
    accepted: (stream) => {
      let heard = Buffer.alloc(0);
      let hasProven = false;
      stream.write(Uint8Array.of(...encodePreamble(), ...hello));
      stream.listener = {
        received: (piece) => {
          heard = Buffer.concat([heard, piece]);
          // The dialler's own proof is the last thing that it says.
          const proof = heard.subarray(-35);
          if (hasProven || proof.length < 35 || proof[0] !== messageType.proof) return;
          hasProven = true;
          proofs++;
          const made = encodeMessage(messageType.proof, new Uint8Array(32));
          stream.write(proofs % 2 === 0 ? Uint8Array.from(proof) : made);
        },
        drained() {},
        closed() {},
      };
    },
    distrusted() {},
    failed() {},
  });
  for (let dial = 0; dial < 4; dial++) {
    await assert.rejects(scene.when(one.cluster.connect(bar)), {
      message: "no connection to bar@lab: bar@lab has another cookie",
    });
  }
  assert.equal(proofs, 4);
  assert.deepEqual(one.cluster.nodes(), []);
});
