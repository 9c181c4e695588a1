import type { Random } from "../harness/random.ts";
import type { Fault } from "./fault.ts";
import type { HostCluster } from "./host-cluster.ts";
import type { Entry } from "./journal.ts";
import { outcomeOf } from "./outcome.ts";
import { type Direction, directionsOf, isOf, nodeOf, ownerOf, type Pair } from "./three-hosts.ts";

/** How often each direction has to fail at once before a cut has shown itself. */
const REFUSED = 3;
/** Their number, and not a time, says how long a fault lasts: a busy machine takes a while. */
const OTHERS_LIMIT_MS = 120_000;

/** What a cut is beside its pairs. */
export interface CutOptions {
  readonly text: string;
  /** The directions in which nothing comes through. */
  readonly lost: readonly Direction[];
  readonly random: Random;
  /** How many writes have to be acknowledged between others, at most, before it ends. */
  readonly lingers: number;
}

/**
 * A fault that each node of `pairs` notices: it gives the other one up, and says so; requests fail at once from then on, and
 * all others are served.
 */
export function cutFault(
  pairs: readonly Pair[],
  { text, lost, random, lingers }: CutOptions,
): Fault {
  const directions = directionsOf(pairs);
  let logged: readonly number[] = [];
  return {
    text,
    pairs,
    impose: (cluster) => {
      logged = directions.map(([self]) => cluster.node(self).stdout.length);
      loseAll(cluster, lost);
    },
    endure: async (cluster) => {
      await Promise.all(
        directions.map(([self, other], at) =>
          cluster
            .node(self)
            .logged(new RegExp(`no more linked with ${nodeOf(other)}`, "u"), logged[at]),
        ),
      );
      await Promise.all(
        directions.map(([front, owner]) =>
          cluster.until(
            (entry) => isBetween(entry, front, owner) && outcomeOf(entry) === "refused",
            {
              what: `${front} to say that there is no connection to ${owner}`,
              count: REFUSED,
            },
          ),
        ),
      );
      await untilOthersAcknowledged(cluster, pairs, random.integer(1, lingers));
    },
    heal: (cluster) => loseNothing(cluster, lost),
  };
}

/** Has nothing come through in these directions. */
export function loseAll(cluster: HostCluster, lost: readonly Direction[]): void {
  for (const [from, to] of lost) cluster.lose(from, to, 100);
}

/** Has all come through again. */
export function loseNothing(cluster: HostCluster, lost: readonly Direction[]): void {
  for (const [from, to] of lost) cluster.lose(from, to, 0);
}

/** Resolves when so many more writes were acknowledged that are none of these pairs' concern. */
export function untilOthersAcknowledged(
  cluster: HostCluster,
  some: readonly Pair[],
  count: number,
): Promise<void> {
  const isIt = (entry: Entry): boolean =>
    isAcknowledgedWrite(entry) &&
    !some.some((pair) => isOf(pair, entry.front, ownerOf(entry.bucket)));
  return cluster.until(isIt, {
    what: "writes of others to be acknowledged",
    count,
    limitMs: OTHERS_LIMIT_MS,
  });
}

/** A write that was carried out. */
export function isAcknowledgedWrite(entry: Entry): boolean {
  return entry.kind === "put" && outcomeOf(entry) === "acknowledged";
}

/** Whether `front` was asked for what `owner` stores. */
export function isBetween(entry: Entry, front: string, owner: string): boolean {
  return entry.front === front && ownerOf(entry.bucket) === owner;
}
