import type { Durability } from "../acknowledgement/acknowledgement-rule.ts";
import type { Topology } from "../topology/topology.ts";
import { splitAddress } from "../topology/node-line.ts";

/** Settings of one server, as CONFIG GET names them. A server that does not tell has none. */
export interface ServerSettings {
  readonly address: string;
  readonly values: ReadonlyMap<string, string>;
}

/** The settings that are looked at. */
export const ASKED_SETTINGS = [
  "appendonly",
  "appendfsync",
  "maxmemory-policy",
  "cluster-node-timeout",
  "cluster-allow-reads-when-down",
] as const;

/** What is wrong with how a cluster is set up; each a sentence without a full stop. */
export interface Findings {
  /** Reasons not to use it at all. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** What the judgement depends on beside the servers. */
export interface Demands {
  readonly deadlineMs: number;
  readonly durability: Durability;
  readonly staleReads: boolean;
  readonly allowAppendOnlyNo: boolean;
}

/** What an election takes beyond the two node timeouts until the failure is agreed upon: the vote, and that everybody hears of it. */
const ELECTION_MS = 4000;

/** Judges how servers are set up. */
export function judgeSettings(servers: readonly ServerSettings[], demands: Demands): Findings {
  const refusals: string[] = [];
  const warnings: string[] = [];
  for (const { address, values } of servers) {
    if (values.get("appendonly") === "no") {
      const found = `${address} has "appendonly no": it comes back empty from a restart, and its replicas follow it in that`;
      (demands.allowAppendOnlyNo ? warnings : refusals).push(found);
    } else if ((values.get("appendfsync") ?? "always") !== "always") {
      warnings.push(
        `${address} has "appendfsync ${values.get("appendfsync") ?? ""}": what was acknowledged last is lost when all copies lose power at once`,
      );
    }
    const policy = values.get("maxmemory-policy") ?? "noeviction";
    if (policy !== "noeviction") {
      warnings.push(`${address} has "maxmemory-policy ${policy}": it drops data when it is full`);
    }
    if (!demands.staleReads && values.get("cluster-allow-reads-when-down") === "yes") {
      warnings.push(
        `${address} has "cluster-allow-reads-when-down yes": a primary that was cut off answers reads with old data, which nobody asked for by staleReads`,
      );
    }
    if (values.size === 0) warnings.push(`${address} does not tell its settings`);
  }
  const slow = slowest(servers);
  const needMs = 2 * slow.timeoutMs + ELECTION_MS;
  if (slow.timeoutMs > 0 && demands.deadlineMs < needMs) {
    refusals.push(
      `${slow.address} has "cluster-node-timeout ${slow.timeoutMs}", so a fail-over takes up to ${needMs} ms, and deadlineMs is ${demands.deadlineMs}`,
    );
  }
  return { refusals, warnings };
}

/** What is wrong with where the copies are; each a sentence without a full stop. */
export function judgePlacement(topology: Topology): readonly string[] {
  const warnings = [...topology.torn].map(
    (slot) =>
      `slot ${slot} stayed halfway between two servers when one of them died, and is not used until cluster fix has brought it to its end`,
  );
  const nodes = [...topology.nodes.values()];
  for (const { id, address } of topology.primaries()) {
    const replicas = nodes.filter((node) => node.primary === id && !node.isFailed);
    if (replicas.length === 0) warnings.push(`${address} is a primary without a live replica`);
    const byHost = Map.groupBy(
      [address, ...replicas.map((node) => node.address)],
      (place) => splitAddress(place).host,
    );
    for (const [host, places] of byHost) {
      if (places.length > 1) {
        warnings.push(`${places.toSorted().join(" and ")} hold the same data on one host, ${host}`);
      }
    }
  }
  return warnings;
}

function slowest(servers: readonly ServerSettings[]): {
  readonly address: string;
  readonly timeoutMs: number;
} {
  let found = { address: "", timeoutMs: 0 };
  for (const { address, values } of servers) {
    const timeoutMs = Number(values.get("cluster-node-timeout") ?? 0);
    if (timeoutMs > found.timeoutMs) found = { address, timeoutMs };
  }
  return found;
}
