import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { openRedisClusterStore } from "@kv/storage/redis-cluster";
import type { ClusterServer } from "../../tools/replicated/cluster-server.ts";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";
import { keySlot } from "../../libs/storage/src/redis-cluster/cluster/topology/key-slot.ts";
import { LineClient } from "../harness/line-client.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { operate } from "../harness/operator.ts";

type Node = NodeProcess & { readonly port: number };

suite("nodes whose buckets lie in a cluster", { skip: withoutServer }, () => {
  let cluster: LocalCluster;
  let home: NodeHome;
  let ann: Node;
  let bob: Node;

  const start = (name: string): Promise<Node> =>
    home.start({
      env: { KV_NODE: name, KV_REDIS_CLUSTER: cluster.addresses.slice(0, 2).join(",") },
    });
  const ask = async (node: Node, request: string, lines = 1): Promise<readonly string[]> => {
    await using client = await LineClient.connect(node.port);
    return await client.ask(request, lines);
  };

  /** All that are primaries now, at once, so that nobody is elected; the others would answer reads. */
  const stopPrimaries = async (): Promise<readonly ClusterServer[]> => {
    const primaries: ClusterServer[] = [];
    for (const server of cluster.servers) {
      await server.ask(["CONFIG", "SET", "cluster-allow-reads-when-down", "yes"]);
      const role = await server.ask(["ROLE"]);
      if (Array.isArray(role) && role[0] === "master") primaries.push(server);
    }
    for (const server of primaries) await server.signal("SIGSTOP");
    return primaries;
  };

  before(async () => {
    // One that is left has to have a copy: with a single replica the shard would take no writes after its fail-over.
    cluster = await startCluster({ primaries: 3, replicas: 2 });
    home = await openNodeHome();
    [ann, bob] = await Promise.all([start("ann"), start("bob")]);
  });
  after(async () => {
    await home[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  test("any node serves any bucket, in the order of a connection's requests", async () => {
    await using client = await LineClient.connect(ann.port);
    const requests = ["CREATE shopping", "PUT shopping milk 1", "GET shopping milk"];
    client.sendLines(
      ...requests,
      "PUT shopping milk 2",
      "GET shopping milk",
      "DELETE shopping milk",
      "GET shopping milk",
    );
    const replies = await client.readMany(10);
    assert.deepEqual(replies, ["OK", "OK", "1", "OK", "OK", "2", "OK", "OK", "", "OK"]);
    assert.deepEqual(await ask(ann, "PUT shopping eggs 12"), ["OK"]);
    assert.deepEqual(await ask(bob, "GET shopping eggs", 2), ["12", "OK"]);
    assert.deepEqual(await ask(bob, "GET nowhere eggs"), ["NOT FOUND"]);
    assert.deepEqual(await ask(bob, "PUT nowhere eggs 1"), ["NOT FOUND"]);
  });

  test("says what does not apply there, in a line each", async () => {
    for (const [words, reason] of [
      [["routing", "status"], /lie in a cluster, where any node serves any bucket/u],
      [["routing", "plan", "a-z=ann"], /lie in a cluster, where any node serves any bucket/u],
      [["fence", "on"], /lie in a cluster, which other nodes write to as well/u],
      [["compact"], /Cannot compact/u],
      [["backup", home.path], /Cannot back up/u],
      [["env", "put", "kv", "routingTable", "a-z=ann"], /expected no routing table beside/u],
    ] as const) {
      const { code, stderr } = await operate([...words, "--node", "ann"], home);
      assert.equal(code, 1, stderr);
      assert.match(stderr, reason);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  });

  test("shows the engine, and makes no data folder", async () => {
    const { stdout, stderr } = await operate(["status", "--node", "ann"], home);
    assert.match(stdout, /^ {2}engine: redis-cluster$/mu, stderr);
    assert.equal(existsSync(home.dataDirectory), false);
  });

  test("a primary is killed: its buckets wait for its replica, nothing that was acknowledged is lost, others go on", async () => {
    const names = Array.from({ length: 30 }, (_, number) => `bucket-${number}`);
    const hit = names.find(isOfFirst) ?? "";
    const spared = names.find((name) => !isOfFirst(name)) ?? "";
    for (const name of [hit, spared]) {
      assert.deepEqual(await ask(ann, `CREATE ${name}`), ["OK"]);
      assert.deepEqual(await ask(ann, `PUT ${name} k before`), ["OK"]);
    }
    await cluster.server(0).signal("SIGKILL");
    assert.deepEqual(await ask(ann, `GET ${spared} k`, 2), ["before", "OK"]);
    assert.deepEqual(await ask(ann, `PUT ${spared} k after`), ["OK"]);
    // Nobody has asked the dead one yet: whether it waits or was sent, what is said of it is so.
    const [told = ""] = await ask(bob, `PUT ${hit} k after`);
    assert.ok(told === "OK" || /^ERROR .*; the write may have been applied$/u.test(told), told);
    const [read, ...rest] = await ask(ann, `GET ${hit} k`, 2);
    assert.deepEqual(rest, ["OK"]);
    if (told === "OK") assert.equal(read, "after");
    else assert.match(read ?? "", /^(?:before|after)$/u);
    assert.deepEqual(await ask(bob, `PUT ${hit} k last`), ["OK"]);
    assert.deepEqual(await ask(ann, `GET ${hit} k`, 2), ["last", "OK"]);
    await cluster.server(0).start();
    await cluster.untilHealthy();
  });

  test("without a quorum says why, for reads and writes, shows old data only where that will do, and recovers by itself", async () => {
    assert.deepEqual(await ask(ann, "CREATE lonely"), ["OK"]);
    assert.deepEqual(await ask(ann, "PUT lonely k 1"), ["OK"]);
    const nodes = cluster.addresses;
    await using lenient = await openRedisClusterStore({ nodes, staleReads: true });
    const primaries = await stopPrimaries();
    let late: Node;
    try {
      // It can reach nobody at its start: it runs all the same, and says so.
      const seeds = primaries.map(({ address }) => address).join(",");
      late = await home.start({ env: { KV_NODE: "late", KV_REDIS_CLUSTER: seeds } });
      await late.logged(/"type":"cluster-unreachable"/u);
      const [lonely, key] = [Buffer.from("lonely"), Buffer.from("k")];
      const found = lenient.get(lonely, key);
      const requests = [
        ask(ann, "GET lonely k"),
        ask(ann, "PUT lonely k 1"),
        ask(late, "GET lonely k"),
      ];
      const [[read = ""] = [], [write = ""] = [], [unserved = ""] = []] =
        await Promise.all(requests);
      assert.match(read, /^ERROR Cannot reach the replicated store: /u);
      assert.match(unserved, /^ERROR Cannot reach the replicated store: /u);
      assert.match(
        write,
        /^ERROR (?:Cannot reach the replicated store: |.*; the write may have been applied$)/u,
      );
      const { outcome } = await found;
      assert.ok(outcome.type === "found");
      assert.equal(Buffer.from(outcome.value).toString(), "1");
    } finally {
      for (const server of primaries) await server.signal("SIGCONT");
    }
    await cluster.untilHealthy();
    assert.deepEqual(await ask(ann, "PUT lonely k 2"), ["OK"]);
    assert.deepEqual(await ask(bob, "GET lonely k", 2), ["2", "OK"]);
    // It looks again by itself, and says when it has found it.
    await late.logged(/"type":"cluster-reached"/u);
    assert.deepEqual(await ask(late, "GET lonely k", 2), ["2", "OK"]);
  });
});

suite("a node with a cluster", { skip: withoutServer }, () => {
  test("is not started with a routing table beside it, nor without servers", async () => {
    await using home = await openNodeHome();
    for (const env of [
      { KV_REDIS_CLUSTER: "127.0.0.1:7000", KV_ROUTING_TABLE: "a-z=ann" },
      { KV_REDIS_CLUSTER: "localhost" },
    ]) {
      const node = await home.spawn({ env });
      const { code } = await node.exit();
      assert.equal(code, 78);
      assert.match(node.stderr, /expected no routing table beside|expected servers as host:port/u);
    }
  });
});

/** Whether the bucket is with the first primary of three. */
function isOfFirst(name: string): boolean {
  return keySlot(Buffer.from(`b:${name}`)) < 16_384 / 3;
}
