import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { LOCK_KEY } from "../../libs/storage/src/redis-cluster/change-lock/lock-scripts.ts";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import type { ClusterServer } from "../../tools/replicated/cluster-server.ts";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";
import { within } from "../harness/deadline.ts";
import { LineClient } from "../harness/line-client.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { type Operated, type RunningOperator, startOperator } from "../harness/operator.ts";

/** Moving thousands of slots takes its time, on a machine that runs all the servers. */
const CHANGE_MS = 120_000;
const LOOK_MS = 20;

suite("the commands for a cluster", { skip: withoutServer }, () => {
  let servers: LocalCluster;
  let home: NodeHome;
  let node: NodeProcess & { readonly port: number };
  let other: NodeProcess;
  before(async () => {
    servers = await startCluster({ primaries: 3, replicas: 1 });
    home = await openNodeHome();
    const start = (name: string): ReturnType<NodeHome["start"]> =>
      home.start({
        env: { KV_NODE: name, KV_REDIS_CLUSTER: servers.addresses.slice(0, 2).join(",") },
      });
    [node, other] = await Promise.all([start("ann"), start("bob")]);
  });
  after(async () => {
    await home[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  const start = (name: string, ...words: readonly string[]): RunningOperator =>
    startOperator(["cluster", ...words, "--node", name], home);
  const operateBy = async (name: string, ...words: readonly string[]): Promise<Operated> =>
    await within(start(name, ...words).done, `cluster ${words.join(" ")} to end`, CHANGE_MS);
  const operate = async (...words: readonly string[]): Promise<Operated> =>
    await operateBy("ann", ...words);
  test("status shows primaries, replicas, slots and warnings, and is 0 when all is in order", async () => {
    const { stdout, code } = await operate("status");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /16384 of 16384 slots are served; durability: live/u);
    assert.equal(stdout.match(/^primary /gmu)?.length, 3);
    assert.equal(stdout.match(/^ {2}replica /gmu)?.length, 3, stdout);
    assert.match(stdout, /^ {2}replica .* behind {2}ok /mu);
    assert.match(stdout, /warning: .* hold the same data on one host/u);
  });

  test("a server is added with its copy, is given a quarter of the slots, and is removed again", async () => {
    await using client = await LineClient.connect(node.port);
    const buckets = Array.from({ length: 50 }, (_, index) => `bucket-${index}`);
    client.sendLines(...buckets.flatMap((name) => [`CREATE ${name}`, `PUT ${name} key ${name}`]));
    assert.ok((await client.readMany(100)).every((reply) => reply === "OK"));

    const added = await servers.startServer();
    const copy = await servers.startServer();
    const first = await operate("add-node", added.address);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, new RegExp(`without slots  ${added.address}`, "u"));
    const second = await operate("add-node", copy.address, "--copy-of", added.address);
    assert.equal(second.code, 0, second.stderr);

    // Whichever comes second is refused, though it comes by another node.
    const both = await Promise.all([operate("rebalance"), operateBy("bob", "rebalance")]);
    const [balanced, refused] = both.toSorted((x, y) => (x.code ?? 9) - (y.code ?? 9));
    assert.equal(balanced?.code, 0, balanced?.stderr ?? "");
    assert.equal(refused?.code, 1);
    assert.match(
      refused?.stderr ?? "",
      /^Cannot rebalance: "rebalance" by (?:ann|bob)@\S+ is under way; its lock/u,
    );
    assert.equal(slotsOf(balanced?.stdout ?? "", added.address), 4096);

    await killInChange(added);
    const late = await operate("remove-node", added.address);
    assert.equal(late.code, 1);
    assert.match(late.stderr, /"remove a server" by bob@\S+ is under way; its lock lapses within/u);
    await untilLapsed();
    const mended = await operate("fix");
    assert.equal(mended.code, 0, mended.stderr);

    const removed = await operate("remove-node", added.address);
    assert.equal(removed.code, 0, removed.stderr);
    assert.doesNotMatch(removed.stdout, new RegExp(`${added.address}|${copy.address}`, "u"));
    client.sendLines(...buckets.map((name) => `GET ${name} key`));
    const found = (await client.readMany(100)).filter((reply) => reply !== "OK");
    assert.deepEqual(found, buckets);
  });

  /** The other node is killed in the midst of a change, with its lock. */
  async function killInChange(added: ClusterServer): Promise<void> {
    const { done } = start("bob", "remove-node", added.address);
    const id = await added.id();
    const slots = async (): Promise<string> => {
      const lines = String(await added.ask(["CLUSTER", "NODES"])).split("\n");
      return String(
        lines
          .find((line) => line.startsWith(id))
          ?.split(" ")
          .slice(8),
      );
    };
    const first = await slots();
    while ((await slots()) === first) await pause(LOOK_MS);
    await other.kill();
    await within(done, "the command to end");
  }

  /** Nobody is there who would renew the lock; nobody waits half a minute here either. */
  async function untilLapsed(): Promise<void> {
    for (const server of servers.servers) {
      const left = await server.ask(["PTTL", LOCK_KEY.toString()]).catch(() => undefined);
      if (typeof left !== "number" || left < 0) continue;
      assert.ok(left <= 30_000, `${left}`);
      await server.ask(["PEXPIRE", LOCK_KEY.toString(), "1"]).catch(() => undefined);
    }
  }

  test("a replica takes over", async () => {
    const { stdout } = await operate("status");
    const replica = /replica {2}(?<address>\S+)/u.exec(stdout)?.groups?.["address"] ?? "";
    const done = await operate("failover", replica);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, new RegExp(`^primary  ${replica}`, "mu"));
    const again = await operate("failover", replica);
    assert.match(again.stderr, /is a primary already/u);
  });

  test("a slot that stayed halfway is found, and brought to its end by fix", async () => {
    const [from, to] = await ownersOf(servers);
    const slot = await from.slot();
    await to.server.ask(["CLUSTER", "SETSLOT", slot, "IMPORTING", from.id]);
    await from.server.ask(["CLUSTER", "SETSLOT", slot, "MIGRATING", to.id]);
    const refused = await operate("rebalance");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /cluster fix/u);
    const fixed = await operate("fix");
    assert.equal(fixed.code, 0, fixed.stderr);
  });

  test("a word that names no server is refused", async () => {
    const { code, stderr } = await operate("remove-node", "127.0.0.1:1");
    assert.equal(code, 1);
    assert.match(stderr, /no server of it is "127\.0\.0\.1:1"/u);
  });
});

/** How many slots a primary has in what `cluster status` prints. */
function slotsOf(text: string, address: string): number {
  const shown = new RegExp(`primary  ${address}  ([\\d,]+) slot`, "u").exec(text)?.[1];
  return Number(shown?.replace(",", ""));
}

/** Two primaries, and a slot of each. */
async function ownersOf(servers: LocalCluster) {
  const owners = [];
  for (const server of servers.servers.filter(({ isRunning }) => isRunning)) {
    const id = await server.id();
    const lines = String(await server.ask(["CLUSTER", "NODES"])).split("\n");
    const slots =
      lines
        .find((line) => line.startsWith(id))
        ?.split(" ")
        .slice(8) ?? [];
    const [range = ""] = slots;
    if (range === "" || !lines.some((line) => line.includes("myself,master"))) continue;
    owners.push({ server, id, slot: async () => range.split("-")[0] ?? "" });
  }
  const [one, two] = owners;
  if (one === undefined || two === undefined) throw new Error("there are no two primaries");
  return [one, two] as const;
}
