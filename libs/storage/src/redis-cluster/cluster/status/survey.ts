import { parseReplication, type ReplicationReport } from "../acknowledgement/replication-report.ts";
import { LinkLostError, RefusedError } from "../connection/link.ts";
import type { LinkPool } from "../connection/link-pool.ts";
import { textOf } from "../connection/primary-link.ts";
import { TooLateError, within } from "../reads/within.ts";
import type { NodeLine } from "../topology/node-line.ts";
import type { Topology } from "../topology/topology.ts";
import type { NodeStatus, PrimaryStatus, ReplicaStatus } from "./cluster-status.ts";
import { ASKED_SETTINGS, type ServerSettings } from "./settings.ts";

const ANSWER_MS = 1000;

/** Asks every server that is not flagged as failed for its settings; those that do not answer in time are left out. */
export async function askSettings(
  topology: Topology,
  links: LinkPool,
): Promise<readonly ServerSettings[]> {
  const live = [...topology.nodes.values()].filter(({ isFailed }) => !isFailed);
  const asked = await Promise.all(
    live.map(async ({ address }) => await orNothing(settingsOf(address, links))),
  );
  return asked.filter((settings) => settings !== undefined);
}

async function settingsOf(address: string, links: LinkPool): Promise<ServerSettings> {
  const values = new Map<string, string>();
  const link = await within(ANSWER_MS, links.connect(address));
  const replies = ASKED_SETTINGS.map(async (name) => {
    try {
      return await link.send(["CONFIG", "GET", name]);
    } catch (error) {
      if (error instanceof RefusedError) return null;
      throw error;
    }
  });
  for (const reply of await within(ANSWER_MS, Promise.all(replies))) {
    if (!Array.isArray(reply)) continue;
    const [name, value] = reply;
    if (Buffer.isBuffer(name) && Buffer.isBuffer(value)) values.set(textOf(name), textOf(value));
  }
  return { address, values };
}

/** Asks the primaries how far their replicas have come. */
export async function surveyPrimaries(
  topology: Topology,
  links: LinkPool,
): Promise<readonly PrimaryStatus[]> {
  return await Promise.all(
    topology.primaries().map(async ({ id, address }) => {
      const report = await orNothing(reportOf(address, links));
      const line = topology.nodes.get(id);
      const replicas = [...topology.nodes.values()].filter(({ primary }) => primary === id);
      const heard = healthOf(line);
      return {
        id,
        address,
        health: report === undefined && heard === "ok" ? "silent" : heard,
        slots: (line?.slots ?? []).reduce((sum, { first, last }) => sum + last - first + 1, 0),
        replicas: replicas.map((replica) => replicaStatus(replica, report)),
      };
    }),
  );
}

async function reportOf(address: string, links: LinkPool): Promise<ReplicationReport> {
  const link = await within(ANSWER_MS, links.connect(address));
  return parseReplication(textOf(await within(ANSWER_MS, link.send(["INFO", "replication"]))));
}

function replicaStatus(line: NodeLine, report: ReplicationReport | undefined): ReplicaStatus {
  const known = report?.replicas.find(({ address }) => address === line.address);
  return {
    ...nodeStatus(line),
    isFollowing: known?.isOnline === true,
    lagBytes:
      known === undefined || report === undefined
        ? undefined
        : Math.max(0, report.offset - known.offset),
  };
}

/** What there is to say of a server without asking it. */
export function nodeStatus(line: NodeLine): NodeStatus {
  return { id: line.id, address: line.address, health: healthOf(line) };
}

function healthOf(line: NodeLine | undefined): "ok" | "suspected" | "failed" {
  if (line?.isFailed === true) return "failed";
  return line?.isSuspected === true ? "suspected" : "ok";
}

async function orNothing<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    const isExpected =
      error instanceof RefusedError ||
      error instanceof LinkLostError ||
      error instanceof TooLateError;
    if (!isExpected) throw error;
    return undefined;
  }
}
