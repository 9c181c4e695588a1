import type { Conversation } from "../../conversation.ts";
import { redisVersion } from "../../redis-version.ts";
import { storeFigures } from "./store-figures.ts";

type Value = string | number;

/** What one section of INFO says, line by line; in this order where all are asked for. */
export const INFO_SECTIONS: ReadonlyMap<string, (of: Conversation) => Record<string, Value>> =
  new Map(
    Object.entries({
      Server: (conversation) => {
        const uptimeSeconds = secondsOpen(conversation);
        return {
          redis_version: redisVersion,
          redis_mode: "standalone",
          kv_node: conversation.door.kv.node,
          os: `${process.platform} ${process.arch}`,
          arch_bits: 64,
          process_id: process.pid,
          tcp_port: portOf(conversation.client.local),
          uptime_in_seconds: uptimeSeconds,
          uptime_in_days: Math.floor(uptimeSeconds / 86_400),
        };
      },
      Clients: ({ door }) => ({
        connected_clients: door.clients.size,
        maxclients: door.environment.connectionLimit,
        blocked_clients: 0,
      }),
      Memory: () => {
        const { rss, heapUsed, external } = process.memoryUsage();
        return {
          used_memory: heapUsed + external,
          used_memory_human: human(heapUsed + external),
          used_memory_rss: rss,
          used_memory_rss_human: human(rss),
          maxmemory: 0,
          maxmemory_human: "0B",
          maxmemory_policy: "noeviction",
        };
      },
      Persistence: ({ door }) => {
        const figures = storeFigures(door.kv);
        return {
          loading: 0,
          rdb_bgsave_in_progress: 0,
          aof_enabled: "logBytes" in figures ? 1 : 0,
          aof_rewrite_in_progress: 0,
          aof_last_write_status: figures["writable"] === false ? "err" : "ok",
        };
      },
      Stats: ({ reception }) => ({
        total_connections_received: reception.connections,
        total_commands_processed: reception.commands,
        pubsub_channels: 0,
        pubsub_patterns: 0,
      }),
      Replication: () => ({ role: "master", connected_slaves: 0, master_repl_offset: 0 }),
      CPU: () => {
        const { user, system } = process.cpuUsage();
        return { used_cpu_sys: (system / 1e6).toFixed(6), used_cpu_user: (user / 1e6).toFixed(6) };
      },
      Cluster: () => ({ cluster_enabled: 0 }),
      Keyspace: ({ door }): Record<string, Value> => {
        const { buckets } = storeFigures(door.kv);
        return typeof buckets === "number" && buckets > 0
          ? { db0: `keys=${buckets},expires=0,avg_ttl=0` }
          : {};
      },
    } satisfies Record<string, (of: Conversation) => Record<string, Value>>),
  );

function secondsOpen({ door, reception }: Conversation): number {
  return Math.floor((door.clock() - reception.openedAtMs) / 1000);
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

function human(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)}M`;
}
