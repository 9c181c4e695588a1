import { defaultTiming } from "@kv/cluster";
import { seededRandom } from "../harness/random.ts";
import { audit, auditListings, type AuditOptions, type AuditReport, type Flaw } from "./audit.ts";
import { isAcknowledgedWrite, isBetween } from "./cut-fault.ts";
import type { Fault } from "./fault.ts";
import { drawFault, type FaultDraws, type FaultName } from "./fault-deck.ts";
import { HostCluster } from "./host-cluster.ts";
import { type Entry, nowMicroseconds } from "./journal.ts";
import type { LinkSecurity } from "./link-security.ts";
import { outcomeOf } from "./outcome.ts";
import { buckets, directionsOf, isOf, ownerOf, pairs } from "./three-hosts.ts";

/**
 * How long after a fault has gone a request between any two nodes is served again, in milliseconds, at the latest: one end may
 * have to notice yet that the link is gone, a handshake that was begun in the fault may have to come to its end, and the
 * longest pause before the next one to go by.
 */
export const BACK_WITHIN_MS =
  defaultTiming.silenceLimitMs + defaultTiming.handshakeTimeoutMs + defaultTiming.backOffLimitMs;

/** What came of a fault. */
export interface FaultReport {
  readonly text: string;
  readonly lastedMs: number;
  /** How long after it had gone the first request that was sent then was served in every direction. */
  readonly backMs: number;
  /** Requests that failed meanwhile: those that were surely not carried out, and the writes that may have been. */
  readonly refused: number;
  readonly unknown: number;
}

/** What is played. */
export interface PlayOptions extends Omit<FaultDraws, "random"> {
  readonly seed: number;
  readonly faults: readonly FaultName[];
  readonly security: LinkSecurity;
  readonly onFault: (report: FaultReport) => void;
}

/** What the judges looked at. */
export interface PlayReport extends AuditReport {
  readonly security: LinkSecurity;
  /** How many listings of all buckets. */
  readonly listings: number;
}

/** A node broke a promise. The message says how, and with which seed it can be tried again. */
export class HostsFailure extends Error {
  override readonly name = "HostsFailure";
}

type Asked = Pick<Entry, "front" | "from" | "to">;

/** A fault in time. */
interface Span {
  readonly fault: Fault;
  readonly from: number;
  readonly to: number;
}

/**
 * Plays one fault after the other between three hosts while clients write and read; then judges every request of theirs. Rejects
 * with a {@link HostsFailure}.
 */
export async function playFaults(options: PlayOptions): Promise<PlayReport> {
  const random = seededRandom(options.seed);
  await using cluster = await HostCluster.start(random.fork(), options.security);
  const spans: Span[] = [];
  try {
    await untilBack(cluster, directionsOf(pairs));
    for (const name of options.faults) {
      const fault = drawFault(name, { ...options, random: random.fork() });
      spans.push(await playFault(cluster, fault, options.onFault));
    }
    await cluster.finish();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HostsFailure(`Seed ${options.seed}: ${reason}`, { cause: error });
  }
  const terms: AuditOptions = {
    ownerOf,
    buckets,
    isExcused: (request, owner) => spans.some((span) => isInTheWay(span, request, owner)),
  };
  const report = audit(cluster.entries, terms);
  const flaws = [...report.flaws, ...auditListings(cluster.listings, terms)];
  if (flaws.length > 0) throw failureOf(flaws, options.seed);
  return { ...report, security: options.security, listings: cluster.listings.length };
}

function failureOf(flaws: readonly Flaw[], seed: number): HostsFailure {
  const shown = flaws.slice(0, 10).map(({ message }) => `  ${message}`);
  const more = flaws.length > 10 ? [`  and ${flaws.length - 10} more`] : [];
  return new HostsFailure([`Seed ${seed}:`, ...shown, ...more].join("\n"));
}

function isInTheWay({ fault, from, to }: Span, request: Asked, owner: string): boolean {
  const isConcerned = fault.pairs.some((pair) => isOf(pair, request.front, owner));
  return isConcerned && request.from <= to && request.to >= from;
}

async function playFault(
  cluster: HostCluster,
  fault: Fault,
  onFault: (report: FaultReport) => void,
): Promise<Span> {
  const before = cluster.entries.length;
  const from = nowMicroseconds();
  await fault.impose(cluster);
  await fault.endure(cluster);
  await fault.heal(cluster);
  const healed = nowMicroseconds();
  await untilBack(cluster, directionsOf(fault.pairs));
  const to = nowMicroseconds();
  const failed = cluster.entries.slice(before).map(outcomeOf);
  onFault({
    text: fault.text,
    lastedMs: (healed - from) / 1_000,
    backMs: (to - healed) / 1_000,
    refused: failed.filter((outcome) => outcome === "refused").length,
    unknown: failed.filter((outcome) => outcome === "unknown").length,
  });
  return { fault, from, to };
}

/** Resolves when a write that was sent by now or later was acknowledged in each direction. */
async function untilBack(
  cluster: HostCluster,
  directions: ReturnType<typeof directionsOf>,
): Promise<void> {
  const begun = nowMicroseconds();
  await Promise.all(
    directions.map(([front, owner]) => {
      const isIt = (entry: Entry): boolean =>
        isBetween(entry, front, owner) && isAcknowledgedWrite(entry) && entry.from >= begun;
      const what = `a write through ${front} to ${owner} to be acknowledged again`;
      return cluster.until(isIt, { what, count: 1, limitMs: BACK_WITHIN_MS });
    }),
  );
}
