import { seededRandom } from "../harness/random.ts";
import { type FaultName, faultNames } from "./fault-deck.ts";
import { linkSecurities } from "./link-security.ts";
import { type FaultReport, playFaults, type PlayReport } from "./play-faults.ts";

/** After so many faults all is judged, and new nodes begin: the judge keeps every request in memory. */
const FAULTS_PER_ROUND = 20;
/** Ten seconds or so: the pauses between two dials have grown to their limit by then. */
const LINGERS = 12_000;

/** How often each kind is in a round. */
const SHARES: Readonly<Record<FaultName, number>> = {
  cut: 3,
  "one-way": 3,
  isolated: 2,
  blip: 3,
  flapping: 3,
  frozen: 2,
  loss: 1,
  delay: 1,
  "long-delay": 2,
};

/** How much, and of what. */
export interface HostTorture {
  readonly seed: number;
  /** How many faults. */
  readonly cycles: number;
  /** All kinds by default. */
  readonly kinds?: readonly FaultName[] | undefined;
  readonly onFault: (report: FaultReport) => void;
  /** Told after each round, once all requests in it were judged. */
  readonly onRound: (report: PlayReport) => void;
}

/** Plays faults between three hosts, in rounds with new nodes each. Rejects with a `HostsFailure`. */
export async function tortureHosts({ cycles, seed, ...rest }: HostTorture): Promise<void> {
  const { kinds = faultNames, onFault, onRound } = rest;
  // Each round has a seed of its own, which a failure names: --seed with that one begins with that round.
  for (let left = cycles, roundSeed = seed; left > 0; left -= FAULTS_PER_ROUND, roundSeed++) {
    const faults = deal(kinds, roundSeed).slice(0, left);
    const security = linkSecurities[roundSeed % linkSecurities.length] ?? "plain";
    const play = { seed: roundSeed, security, faults, lingers: LINGERS, heaviestLossPercent: 30 };
    onRound(await playFaults({ ...play, onFault }));
  }
}

/** The faults of a round, in an order that is drawn. */
function deal(kinds: readonly FaultName[], seed: number): readonly FaultName[] {
  const random = seededRandom(seed);
  const cards = kinds.flatMap((kind) => Array.from({ length: SHARES[kind] }, () => kind));
  const pack = Array.from({ length: FAULTS_PER_ROUND }, (_, index) => cards[index % cards.length]);
  return Array.from({ length: FAULTS_PER_ROUND }, () =>
    pack.splice(random.integer(0, pack.length - 1), 1),
  )
    .flat()
    .filter((kind) => kind !== undefined);
}
