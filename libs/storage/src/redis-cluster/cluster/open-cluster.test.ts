import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { suite, test } from "node:test";
import { recordEvents } from "../../log/testing/record-events.ts";
import { FakeCluster } from "../testing/fake-cluster.ts";
import { silence } from "../testing/fake-node.ts";
import { keyOf, openScene } from "../testing/fake-scene.ts";
import { bulk, failure } from "../testing/resp.ts";
import { openCluster } from "./open-cluster.ts";

/** A port where nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const closed = once(server, "close");
  server.close();
  await closed;
  return address !== null && typeof address === "object" ? address.port : 0;
}

suite("openCluster()", () => {
  test("opens when nobody answers, says so, refuses what is asked, and goes on when somebody does", async () => {
    using recorded = recordEvents();
    await using servers = await FakeCluster.start(1);
    const node = servers.node(0);
    await node.stop();
    await using cluster = await openCluster({ nodes: [node.address], deadlineMs: 200 });
    assert.deepEqual(
      recorded.events.map(({ type }) => type),
      ["cluster-unreachable"],
    );
    await assert.rejects(cluster.read(keyOf(0), ["HGET", "x", "k"]), {
      code: "STORAGE_UNAVAILABLE",
      message: /no server answers.*ECONNREFUSED/u,
    });
    assert.match((await cluster.status()).unreachable ?? "", /ECONNREFUSED/u);
    await node.start();
    node.behaviour = ([command]) => (command === "HGET" ? bulk("value") : undefined);
    await untilRead(cluster);
    assert.ok(recorded.events.some(({ type }) => type === "cluster-reached"));
    assert.equal((await cluster.status()).unreachable, undefined);
  });

  test("finds the others when the first it is told of is away", async () => {
    await using servers = await FakeCluster.start(2);
    const away = `127.0.0.1:${await freePort()}`;
    await using cluster = await openCluster({ nodes: [away, servers.node(1).address] });
    assert.equal((await cluster.primaries()).length, 2);
  });

  test("is not held up by one that stands still", async () => {
    await using scene = await openScene({}, (servers) => {
      servers.node(0).behaviour = () => silence;
    });
    await scene.put(1, "value");
  });

  test('refuses servers with "appendonly no", unless that is wanted', async () => {
    await using servers = await FakeCluster.start(1);
    servers.node(0).settings = new Map([["appendonly", "no"]]);
    await assert.rejects(openCluster({ nodes: servers.addresses }), {
      code: "STORAGE_INACCESSIBLE",
      message: /appendonly no.*empty/u,
    });
    await using cluster = await openCluster({ nodes: servers.addresses, allowAppendOnlyNo: true });
    const { warnings } = await cluster.status();
    assert.ok(warnings.some((warning) => warning.includes("appendonly no")));
  });

  test("refuses a deadline that is shorter than a fail-over", async () => {
    await using servers = await FakeCluster.start(1);
    servers.node(0).settings = new Map([["cluster-node-timeout", "2001"]]);
    await assert.rejects(openCluster({ nodes: servers.addresses }), {
      code: "STORAGE_INACCESSIBLE",
      message: /2001.*8002 ms.*8000/u,
    });
  });

  test("does nothing for a cluster that turned out to be unfit once it could be asked", async () => {
    await using servers = await FakeCluster.start(1);
    const node = servers.node(0);
    node.settings = new Map([["appendonly", "no"]]);
    await node.stop();
    using recorded = recordEvents();
    await using cluster = await openCluster({ nodes: [node.address], deadlineMs: 8000 });
    await node.start();
    while (!recorded.events.some(({ type }) => type === "cluster-refused"))
      await node.hears("CONFIG");
    await assert.rejects(cluster.read(keyOf(0), ["HGET", "x", "k"]), {
      code: "STORAGE_UNAVAILABLE",
      message: /appendonly no/u,
    });
  });

  test("warns of what will lose data or availability", async () => {
    using recorded = recordEvents();
    await using scene = await openScene({}, (servers) => {
      servers.node(0).settings = new Map([
        ["maxmemory-policy", "allkeys-lru"],
        ["appendfsync", "everysec"],
        ["cluster-allow-reads-when-down", "yes"],
      ]);
      for (const replica of servers.node(1).replicas) replica.flags = "slave,fail";
    });
    const { warnings } = await scene.cluster.status();
    const told = recorded.events.filter(({ type }) => type === "cluster-warning");
    assert.deepEqual(
      told.map(({ message }) => message),
      warnings,
    );
    const patterns = [/allkeys-lru/u, /everysec/u, /reads-when-down yes.*staleReads/u];
    for (const pattern of [...patterns, /one host/u, /without a live replica/u]) {
      assert.ok(
        warnings.some((warning) => pattern.test(warning)),
        String(pattern),
      );
    }
  });

  test("shows no password in what it says", async () => {
    using recorded = recordEvents();
    await using servers = await FakeCluster.start(1);
    servers.node(0).behaviour = ([command, ...words]) =>
      command === "AUTH"
        ? failure(`ERR unknown command 'AUTH', with args beginning with: ${words.join(" ")}`)
        : undefined;
    await using cluster = await openCluster({
      nodes: servers.addresses,
      username: "app",
      password: "open sesame",
      deadlineMs: 200,
    });
    const failed = await cluster.read(keyOf(0), ["GET", "x"]).catch((error: unknown) => error);
    const said = JSON.stringify([recorded.events, await cluster.status(), String(failed), failed]);
    assert.match(said, /refuses the connection/u);
    assert.doesNotMatch(said, /sesame/u);
  });

  test("says who it is on every connection", async () => {
    await using scene = await openScene({ username: "app", password: "secret" }, (servers) => {
      for (const node of servers.nodes) {
        node.behaviour = ([command]) => (command === "AUTH" ? "+OK\r\n" : undefined);
      }
    });
    await scene.put(0, "value");
    const node = scene.servers.node(0);
    const clients = new Set(node.heard.map(({ client }) => client));
    const known = node.heard.filter(({ words }) => words.join(" ") === "AUTH app secret");
    assert.equal(known.length, clients.size);
  });
});

async function untilRead(cluster: Awaited<ReturnType<typeof openCluster>>): Promise<void> {
  for (;;) {
    try {
      await cluster.read(keyOf(0), ["HGET", "x", "k"]);
      return;
    } catch {
      // Not yet: each attempt takes as long as the deadline.
    }
  }
}

suite("status()", () => {
  test("shows primaries with their slots, replicas and lags", async () => {
    await using scene = await openScene();
    await scene.put(0, "value");
    const [replica] = scene.servers.node(0).replicas;
    if (replica !== undefined) replica.isUpToDate = false;
    const { primaries, servedSlots, waitingWrites } = await scene.cluster.status();
    assert.equal(servedSlots, 16_384);
    assert.equal(waitingWrites, 0);
    assert.deepEqual(
      primaries.map(({ slots, health, replicas }) => [
        slots,
        health,
        replicas.map(({ lagBytes, isFollowing }) => [lagBytes, isFollowing]),
      ]),
      [
        [
          8192,
          "ok",
          [
            [100, true],
            [0, true],
          ],
        ],
        [
          8192,
          "ok",
          [
            [0, true],
            [0, true],
          ],
        ],
      ],
    );
  });

  test("shows a primary that does not answer", async () => {
    await using scene = await openScene();
    await scene.servers.node(1).stop();
    const { primaries } = await scene.cluster.status();
    assert.deepEqual(
      primaries.map(({ health }) => health),
      ["ok", "silent"],
    );
  });
});
