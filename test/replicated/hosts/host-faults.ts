import type { WritersAudit } from "../audit-ledgers.ts";
import type { CrewProcess } from "./crew-process.ts";
import { type CrewPlan, HostedCluster } from "./hosted-cluster.ts";
import { fiveHosts, type Spread, threeHosts } from "./spread.ts";

/** A fault of hosts, and where those write who live through it. */
export interface HostFault {
  readonly spread: Spread;
  /** Where one of the two processes of writers is; the other one is among the majority. */
  readonly here: string;
  readonly there: string;
  /** A durability that does not survive it, for writers beside the others: they show that the audit can fail. */
  readonly weak: CrewPlan["durability"] | undefined;
  /** Lets it happen, and heals it. */
  readonly befall: (scene: HostScene) => Promise<void>;
}

/** What it happens to. */
export interface HostScene {
  readonly cluster: HostedCluster;
  /** The writers of the majority. */
  readonly majority: CrewProcess;
}

/** The first slot that the first of three primaries does not have. */
const SECOND_SHARD = Math.floor(16_384 / 3);

/** What can befall hosts. */
export const hostFaults = {
  /** Every server of a host dies at once: a primary, and replicas of the others. */
  "host-killed": {
    spread: threeHosts,
    here: "two",
    there: "three",
    weak: undefined,
    befall: async ({ cluster, majority }) => {
      const servers = cluster.on("one");
      await Promise.all(servers.map(async (server) => await server.signal("SIGKILL")));
      await majority.goOn();
      await Promise.all(servers.map(async (server) => await server.start()));
    },
  },
  /** A primary is cut off alone, with somebody who writes. */
  "primary-in-minority": {
    spread: threeHosts,
    here: "one",
    there: "two",
    weak: "primary",
    befall: async (scene) => {
      await cutOff(scene, ["one"], () => scene.majority.goOn());
    },
  },
  /** A primary is cut off together with one of its replicas; the majority elects the other. */
  "five-host-partition": {
    spread: fiveHosts,
    here: "one",
    there: "four",
    weak: "one",
    befall: async (scene) => {
      // The one that is elected has no replica until all is healed: whoever asks for one waits, and the others go on.
      await cutOff(scene, ["one", "two"], async () => {
        await scene.majority.goOn({ fromSlot: SECOND_SHARD });
        await scene.majority.goOn({ names: [weakOf("four")] });
      });
    },
  },
} as const satisfies Readonly<Record<string, HostFault>>;

/** The name of one. */
export type HostFaultName = keyof typeof hostFaults;

/** All of them. */
export const hostFaultNames = Object.keys(hostFaults).filter(
  (name): name is HostFaultName => name in hostFaults,
);

/** What was found of those who asked for `live`, and of those who asked for less. */
export interface HostAudit {
  readonly live: WritersAudit;
  readonly weak: WritersAudit | undefined;
}

/**
 * Has a fault befall a new cluster on hosts of its own, under writers on two hosts, of which a partition leaves one on either side, and compares what is
 * there then with what was acknowledged.
 */
export async function tortureHosts(name: HostFaultName): Promise<HostAudit> {
  const { spread, here, there, weak, befall }: HostFault = hostFaults[name];
  await using cluster = await HostedCluster.start(spread);
  const near = await cluster.startCrews(here, plansFor(here, weak));
  const far = await cluster.startCrews(there, plansFor(there, weak && "primary"));
  const all = async (): Promise<void> => {
    await Promise.all([near.goOn(), far.goOn()]);
  };
  await all();
  await befall({ cluster, majority: far });
  await cluster.servers.untilHealthy();
  await all();
  return await auditOf(near, far);
}

function plansFor(host: string, weak: HostFault["weak"]): readonly CrewPlan[] {
  const live: CrewPlan = { name: host, buckets: "live", durability: "live" };
  return weak === undefined
    ? [live]
    : [live, { name: weakOf(host), buckets: "weak", durability: weak }];
}

function weakOf(host: string): string {
  return `weak-${host}`;
}

/** Until the majority goes on, and the primary that was cut off has noticed that it is. */
async function cutOff(
  { cluster }: HostScene,
  side: readonly string[],
  goOn: () => Promise<void>,
): Promise<void> {
  cluster.cut(side);
  await Promise.all([goOn(), cluster.untilItNotices(cluster.servers.server(0))]);
  cluster.heal();
}

async function auditOf(near: CrewProcess, far: CrewProcess): Promise<HostAudit> {
  const [[here, weakHere], [there, weakThere]] = await Promise.all([near.stop(), far.stop()]);
  if (here === undefined || there === undefined) throw new Error("nobody wrote");
  const isWeak = weakHere !== undefined && weakThere !== undefined;
  return {
    live: await far.audit([here, there]),
    weak: isWeak ? await far.audit([weakHere, weakThere]) : undefined,
  };
}
