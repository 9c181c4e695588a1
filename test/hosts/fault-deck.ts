import type { Random } from "../harness/random.ts";
import {
  cutFault,
  isAcknowledgedWrite,
  isBetween,
  loseAll,
  loseNothing,
  untilOthersAcknowledged,
} from "./cut-fault.ts";
import type { Fault } from "./fault.ts";
import type { HostCluster } from "./host-cluster.ts";
import { nowMicroseconds, type Entry } from "./journal.ts";
import { directionsOf, hosts, nodeOf, type Pair, pairs, relayedPair } from "./three-hosts.ts";

/** From what the details of a fault are drawn. */
export interface FaultDraws {
  readonly random: Random;
  /** How many writes have to be acknowledged between others, at most, before a fault that has shown itself ends. */
  readonly lingers: number;
  /** How many percent of the packets are lost at most. A link takes seconds for little with 20, and is given up with 30. */
  readonly heaviestLossPercent: number;
}

const LIGHTEST_LOSS_PERCENT = 8;

/** Others' writes in so short a time that nobody is given up. */
const WRITES_IN_A_BLIP = 60;
/** Others' writes while a link is there, or is not: from hundredths of a second to some seconds, in which it is given up. */
const WRITES_IN_A_FLAP = [20, 200, 1_000, 5_000];
const FLAPS = 8;
/** The clients of a node that is frozen wait for it, but not for ever. */
const WRITES_IN_A_FREEZE = 3_000;
/** A link on which packets are lost may be given up and made anew a few times. */
const LOSS_LIMIT_MS = 60_000;

const FAULTS = {
  /** Nothing goes from one to the other, in either direction. */
  cut({ random, lingers }): Fault {
    const pair = random.pick(pairs);
    const text = `${pair.join(" and ")} cut off from each other`;
    return cutFault([pair], { text, lost: directionsOf([pair]), random, lingers });
  },

  /** One hears the other, and is not heard. */
  "one-way"({ random, lingers }): Fault {
    const direction = random.pick(directionsOf(pairs));
    const text = `nothing comes through from ${direction.join(" to ")}`;
    return cutFault([direction], { text, lost: [direction], random, lingers });
  },

  /** A host that nobody reaches, and that reaches nobody. */
  isolated({ random, lingers }): Fault {
    const host = random.pick(hosts);
    const its = pairs.filter((pair) => pair.includes(host));
    const text = `${host} cut off from all`;
    return cutFault(its, { text, lost: directionsOf(its), random, lingers });
  },

  /** Too short for anybody to be given up: what was sent is late. */
  blip({ random }): Fault {
    const pair = random.pick(pairs);
    const lost = directionsOf([pair]);
    return {
      text: `${pair.join(" and ")} cut off from each other for a moment`,
      pairs: [pair],
      impose: (cluster) => loseAll(cluster, lost),
      endure: (cluster) =>
        untilOthersAcknowledged(cluster, [pair], random.integer(1, WRITES_IN_A_BLIP)),
      heal: (cluster) => loseNothing(cluster, lost),
    };
  },

  /** The network comes and goes, now this way and now that. */
  flapping({ random }): Fault {
    const pair = random.pick(pairs);
    const directions = directionsOf([pair]);
    const linger = (cluster: HostCluster): Promise<void> => {
      const most = random.pick(WRITES_IN_A_FLAP);
      return untilOthersAcknowledged(cluster, [pair], random.integer(1, most));
    };
    return {
      text: `what lies between ${pair.join(" and ")} comes and goes`,
      pairs: [pair],
      impose: () => undefined,
      endure: async (cluster) => {
        for (let left = FLAPS; left > 0; left--) {
          const lost = directions.filter(() => random.chance(75));
          loseAll(cluster, lost);
          await linger(cluster);
          loseNothing(cluster, lost);
          await linger(cluster);
        }
      },
      heal: (cluster) => loseNothing(cluster, directions),
    };
  },

  /** A node that does nothing, on a host that still takes what is sent to it. */
  frozen({ random, lingers }): Fault {
    const host = random.pick(hosts);
    const its = pairs.filter((pair) => pair.includes(host));
    const others = hosts.filter((other) => other !== host);
    let logged: readonly number[] = [];
    return {
      text: `${host} frozen`,
      pairs: its,
      impose: (cluster) => {
        logged = others.map((other) => cluster.node(other).stdout.length);
        cluster.node(host).signal("SIGSTOP");
      },
      endure: async (cluster) => {
        const noMore = new RegExp(`no more linked with ${nodeOf(host)}`, "u");
        await Promise.all(
          others.map((other, at) => cluster.node(other).logged(noMore, logged[at])),
        );
        await untilOthersAcknowledged(
          cluster,
          its,
          random.integer(1, Math.min(lingers, WRITES_IN_A_FREEZE)),
        );
      },
      heal: (cluster) => cluster.node(host).signal("SIGCONT"),
    };
  },

  /** Some packets are lost, either way. */
  loss({ random, heaviestLossPercent }): Fault {
    const pair = random.pick(pairs);
    const percent = random.integer(LIGHTEST_LOSS_PERCENT, heaviestLossPercent);
    const lost = directionsOf([pair]);
    let before = 0;
    const lostOf = (cluster: HostCluster): number =>
      pair.reduce((sum, host) => sum + cluster.lostAt(host), 0);
    return {
      text: `${percent} % of the packets between ${pair.join(" and ")} lost`,
      pairs: [pair],
      impose: (cluster) => {
        before = lostOf(cluster);
        for (const [from, to] of lost) cluster.lose(from, to, percent);
      },
      endure: async (cluster) => {
        await untilServed(cluster, pair, { count: 60, limitMs: LOSS_LIMIT_MS });
        if (lostOf(cluster) === before) throw new Error("No packet was lost");
      },
      heal: (cluster) => loseNothing(cluster, lost),
    };
  },

  /** All takes long, and works. */
  delay({ random }): Fault {
    const milliseconds = random.integer(50, 400);
    return {
      text: `${relayedPair.join(" and ")} ${milliseconds} ms from each other`,
      pairs: [relayedPair],
      impose: (cluster) => cluster.delay(milliseconds),
      endure: (cluster) =>
        untilServed(cluster, relayedPair, { count: 8, leastMs: 2 * milliseconds }),
      heal: (cluster) => cluster.delay(0),
    };
  },

  /** What comes is so late that each gives the other up. */
  "long-delay"({ random, lingers }): Fault {
    const text = `${relayedPair.join(" and ")} 4 s from each other`;
    const cut = cutFault([relayedPair], { text, lost: [], random, lingers });
    return {
      ...cut,
      impose: async (cluster) => {
        await cut.impose(cluster);
        await cluster.delay(4_000);
      },
      heal: (cluster) => cluster.delay(0),
    };
  },
} satisfies Readonly<Record<string, (draws: FaultDraws) => Fault>>;

/** The name of a kind of fault. */
export type FaultName = keyof typeof FAULTS;

/** All of them. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of this very record
export const faultNames = Object.keys(FAULTS) as readonly FaultName[];

/** A fault of this kind, between hosts that are drawn. */
export function drawFault(name: FaultName, draws: FaultDraws): Fault {
  return FAULTS[name](draws);
}

/** Resolves when so many writes that were begun by now were acknowledged in each direction, each after `leastMs` or more. */
async function untilServed(
  cluster: HostCluster,
  pair: Pair,
  { count, leastMs = 0, limitMs }: { count: number; leastMs?: number; limitMs?: number },
): Promise<void> {
  const begun = nowMicroseconds();
  await Promise.all(
    directionsOf([pair]).map(([front, owner]) => {
      const isIt = (entry: Entry): boolean =>
        isBetween(entry, front, owner) &&
        isAcknowledgedWrite(entry) &&
        entry.from >= begun &&
        entry.to - entry.from >= leastMs * 1_000;
      const what = `writes through ${front} to ${owner} to be acknowledged`;
      return cluster.until(isIt, { what, count, ...(limitMs === undefined ? {} : { limitMs }) });
    }),
  );
}
