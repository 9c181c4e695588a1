import assert from "node:assert/strict";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { Cluster } from "../cluster.ts";
import { nodeNamed } from "../testing/node-named.ts";
import { ask, RealNodes } from "../testing/real-nodes.ts";

const [foo, bar, baz] = [nodeNamed("foo@lab"), nodeNamed("bar@lab"), nodeNamed("baz@den")];
const anywhere = { host: "127.0.0.1", port: 0 };
const timeout = 30_000;

/** Where a node is to be found by TCP. */
function addressOf({ places }: Cluster): { host: string; port: number } {
  const place = places.find(({ type }) => type === "tcp");
  assert.ok(place?.type === "tcp");
  return place;
}

/** Asks for answers of all sizes, many at once. */
async function exchange(from: Cluster, to: typeof bar): Promise<void> {
  const payloads = [0, 1, 100, 5000, 70_000, 3_000_000].flatMap((length) =>
    Array.from({ length: length > 100_000 ? 2 : 20 }, (_, seed) => Buffer.alloc(length, seed + 1)),
  );
  const answers = await Promise.all(payloads.map((payload) => ask(from, to, payload)));
  for (const [index, answer] of answers.entries()) {
    assert.ok(payloads[index]?.equals(answer), `answer ${index}`);
  }
}

test("nodes of one host link by a Unix socket that is theirs alone", { timeout }, async () => {
  await using nodes = await RealNodes.prepare();
  const [one, other] = [await nodes.start(foo), await nodes.start(bar)];
  const path = join(nodes.directory, "bar@lab.node.sock");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await exchange(one, bar);
  await exchange(other, foo);
  assert.equal(await one.ping(bar), "pong");
  await assert.rejects(nodes.start(bar), { code: "CLUSTER_IN_USE" });
  await other[Symbol.asyncDispose]();
  await assert.rejects(ask(one, bar, new Uint8Array(1)), { message: "no connection to bar@lab" });
  await assert.rejects(stat(path), { code: "ENOENT" });
  await nodes.start(bar);
  await one.connect(bar);
  await exchange(one, bar);
});

test("nodes that ask each other for more than either takes at once get it all", {
  timeout,
}, async () => {
  await using nodes = await RealNodes.prepare();
  const limits = { queueLimitBytes: 20_000, overflowBytes: 100_000_000 };
  const timing = { heartbeatMs: 100, silenceLimitMs: 10_000 };
  const one = await nodes.start(foo, { limits, timing });
  const other = await nodes.start(bar, { limits, timing });
  await Promise.all([exchange(one, bar), exchange(other, foo)]);
});

test("a stranger that goes on talking when it was refused is cut off", { timeout }, async () => {
  await using nodes = await RealNodes.prepare();
  await nodes.start(bar);
  const stranger = connect(join(nodes.directory, "bar@lab.node.sock"));
  const closed = once(stranger, "close");
  stranger.on("error", () => {}).resume();
  const talk = (): void => {
    if (!stranger.destroyed) stranger.write("and another thing; ", () => setImmediate(talk));
  };
  talk();
  await closed;
});

test("a socket that a dead node has left is replaced", { timeout }, async () => {
  await using nodes = await RealNodes.prepare();
  await writeFile(join(nodes.directory, "bar@lab.node.sock"), "");
  const one = await nodes.start(foo);
  await nodes.start(bar);
  await exchange(one, bar);
});

test("nodes of different hosts link by TCP", { timeout }, async () => {
  await using nodes = await RealNodes.prepare();
  const there = await nodes.start(baz, { listen: anywhere });
  const one = await nodes.start(foo, { nodes: { [baz]: addressOf(there) } });
  await exchange(one, baz);
  // The other way by the same link.
  await exchange(there, foo);
  await assert.rejects(nodes.start(bar, { listen: addressOf(there) }), {
    code: "CLUSTER_IN_USE",
    message: /^cannot listen at 127\.0\.0\.1:\d+: another node of this name, or another program/u,
  });
  await assert.rejects(nodes.start("qux@lab", { listen: { host: "192.0.2.1", port: 0 } }), {
    code: "CLUSTER_PLACE",
  });
});

test("connect() says why a node is not to be reached by TCP", { timeout }, async () => {
  await using nodes = await RealNodes.prepare();
  const server = createServer((socket) => socket.resume().end("SSH-2.0-OpenSSH_9.2\r\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const place = { host: "127.0.0.1", port: address.port };
  const one = await nodes.start(foo, { nodes: { [baz]: place } });
  await assert.rejects(one.connect(baz), /baz@den does not speak the node protocol$/u);
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(one.connect(baz), {
    code: "CLUSTER_NO_CONNECTION",
    message: "no connection to baz@den: connection refused",
  });
});
