import { setTimeout as pause } from "node:timers/promises";
import type { RedisClusterStore } from "@kv/storage/redis-cluster";
import type { ClusterServer } from "../../tools/replicated/cluster-server.ts";
import type { LocalCluster } from "../../tools/replicated/start-cluster.ts";
import { clusterTool } from "./cluster-tool.ts";
import { rebalance } from "./rebalance.ts";

/** What a fault happens to: three primaries with two replicas each, in the order of their start, and somebody who waits until all writers go on. */
export interface Scene {
  readonly servers: LocalCluster;
  readonly store: RedisClusterStore;
  readonly goOn: () => Promise<void>;
}

/** What can befall a cluster. Each leaves it healed. */
export const faults = {
  /** A primary dies, and comes back as a replica. */
  "kill-primary": async ({ servers, goOn }) => {
    await servers.server(0).signal("SIGKILL");
    await goOn();
    await servers.server(0).start();
  },
  /** A primary stands still for longer than an election takes, and goes on as if nothing had been. */
  "freeze-primary": async ({ servers, goOn }) => {
    await servers.server(1).signal("SIGSTOP");
    await goOn();
    await servers.server(1).signal("SIGCONT");
  },
  "freeze-replica": async ({ servers, goOn }) => {
    await servers.server(3).signal("SIGSTOP");
    await goOn();
    await servers.server(3).signal("SIGCONT");
  },
  /** Every server, one after the other. */
  "rolling-kill": async ({ servers, goOn }) => {
    for (const server of servers.servers) {
      await server.signal("SIGKILL");
      await goOn();
      await server.start();
      await servers.untilHealthy();
    }
  },
  /** What would be on one host, with a copy of each shard a host: a primary and a replica of each of the others. */
  "kill-host": async ({ servers, goOn }) => {
    const host = [servers.server(0), servers.server(5), servers.server(7)];
    await Promise.all(host.map(async (server) => await server.signal("SIGKILL")));
    await goOn();
    await Promise.all(host.map(async (server) => await server.start()));
  },
  /** Planned: a replica takes over, and its former primary takes over again. */
  "planned-failover": async ({ servers, goOn }) => {
    await servers.server(3).ask(["CLUSTER", "FAILOVER"]);
    await goOn();
    await servers.untilHealthy();
    await servers.server(0).ask(["CLUSTER", "FAILOVER"]);
  },
  "add-primary": async ({ servers }) => {
    await rebalance((await addShard(servers)).address);
  },
  /** The server that slots move to dies in mid-move. */
  "kill-target": async (scene) => {
    const target = await addShard(scene.servers);
    await killInMove(scene, { ...movesTo(target), victim: target });
  },
  /** A server that slots move from dies in mid-move. */
  "kill-source": async (scene) => {
    const target = await addShard(scene.servers);
    await killInMove(scene, { ...movesTo(target), victim: scene.servers.server(0) });
  },
  /**
   * A server dies between the move of a bucket and that of its slot: the replica that takes over knows nothing of the move, and has no such bucket. Whoever
   * believes that makes another one.
   */
  "tear-slot": async ({ servers, store }) => {
    const [source, target] = [servers.server(0), servers.server(1)];
    const { slot, key } = await bucketOn(source);
    await target.ask(["CLUSTER", "SETSLOT", slot, "IMPORTING", await source.id()]);
    await source.ask(["CLUSTER", "SETSLOT", slot, "MIGRATING", await target.id()]);
    const where = ["127.0.0.1", String(target.port), key, "0", "5000"];
    await source.ask(["MIGRATE", ...where]);
    await source.signal("SIGKILL");
    await untilReplaced(store, source);
    // For as long as somebody may take to mend it.
    await pause(TORN_MS);
    await source.start();
    await fixed(target.address);
  },
} as const satisfies Readonly<Record<string, (scene: Scene) => Promise<void>>>;

/** The name of a fault. */
export type FaultName = keyof typeof faults;

/** All of them. */
export const faultNames = Object.keys(faults).filter((name): name is FaultName => name in faults);

const LOOK_MS = 20;
const TORN_MS = 3000;

/** Some of the slots are to have moved, and not nearly all. */
const MOVED_SLOTS = 200;

/** Adds a primary without slots yet, with two replicas. */
export async function addShard(servers: LocalCluster): Promise<ClusterServer> {
  const primary = await servers.add();
  await servers.add(primary);
  await servers.add(primary);
  return primary;
}

/** Some bucket that a server has, and its slot. */
async function bucketOn(
  server: ClusterServer,
): Promise<{ readonly slot: string; readonly key: string }> {
  const key = String(await server.ask(["RANDOMKEY"]));
  return { key, slot: String(await server.ask(["CLUSTER", "KEYSLOT", key])) };
}

/** A move of slots, and who dies in its midst. */
export interface BrokenMove {
  readonly start: () => Promise<void>;
  /** The server whose slots become more, or fewer. */
  readonly changed: ClusterServer;
  readonly victim: ClusterServer;
}

function movesTo(target: ClusterServer): Omit<BrokenMove, "victim"> {
  return { start: () => rebalance(target.address), changed: target };
}

/** Starts a move, kills a server once some slots have moved, waits until all writers go on, and mends what is left. */
export async function killInMove(
  { servers, store, goOn }: Scene,
  { start, changed, victim }: BrokenMove,
): Promise<void> {
  const id = await changed.id();
  const look = async (): Promise<{ readonly slots: number; readonly buckets: unknown }> => {
    const { primaries } = await store.clusterStatus();
    const slots = primaries.find((primary) => primary.id === id)?.slots ?? 0;
    return { slots, buckets: await changed.ask(["DBSIZE"]) };
  };
  const before = await look();
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  const moving = start().then(end, end);
  for (let now = before; ; now = await look()) {
    // Some bucket is to have moved, or nobody would notice.
    if (Math.abs(now.slots - before.slots) >= MOVED_SLOTS && now.buckets !== before.buckets) break;
    if (isOver) throw new Error("the move ended before anybody was killed in its midst");
    await pause(LOOK_MS);
  }
  await victim.signal("SIGKILL");
  await untilReplaced(store, victim);
  await moving;
  await victim.start();
  // A bucket in the slot that was on its way may be with nobody until then.
  await fixed(servers.server(1).address);
  await goOn();
}

/** Waits until another server has taken over from a primary that died. */
async function untilReplaced(store: RedisClusterStore, victim: ClusterServer): Promise<void> {
  const end = AbortSignal.timeout(FIX_MS);
  for (;;) {
    const { primaries } = await store.clusterStatus();
    if (primaries.every(({ address, health }) => address !== victim.address && health === "ok")) {
      return;
    }
    if (end.aborted) throw new Error(`nobody takes over from ${victim.address}`);
    await pause(LOOK_MS);
  }
}

const FIX_MS = 60_000;

/** Has the servers' own tool bring to its end what was interrupted, until it finds nothing more. */
async function fixed(address: string): Promise<void> {
  const end = AbortSignal.timeout(FIX_MS);
  for (;;) {
    const fix = await clusterTool("fix", address, "--cluster-yes");
    const check = await clusterTool("check", address);
    if (check.code === 0) return;
    if (end.aborted) throw new Error(`the cluster cannot be fixed:\n${check.said}\n${fix.said}`);
    await pause(LOOK_MS);
  }
}
