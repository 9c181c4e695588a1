import { LineClient } from "../harness/line-client.ts";
import { type Random, seededRandom } from "../harness/random.ts";
import { type LoadReport, runLoad } from "./load.ts";
import { readBack } from "./read-back.ts";
import type { Scene, Victim } from "./scene.ts";
import { sharedBucket, Writer } from "./writer.ts";
import type { Violation } from "./writer-history.ts";

export interface KillNineOptions<Node extends Victim> {
  readonly seed: number;
  readonly cycles: number;
  /** Starts the node on the data that the one before has left, the first time on none. */
  readonly start: (random: Random) => Promise<Node>;
  /** What goes on beside the writers in the next cycle; by default nothing. */
  readonly nextScene?: (random: Random) => Scene<Node>;
  /** Done after each kill, before the start that is checked: further starts that do not get far, for instance. */
  readonly afterKill?: (random: Random) => Promise<void>;
  /** Told after each cycle, once what it left has been checked. */
  readonly onCycle?: (report: CycleReport) => void;
}

/** One cycle: load, kill, start, check. */
export interface CycleReport {
  readonly cycle: number;
  /** That of its scene. */
  readonly kind: string;
  /** Whether the kill came in the midst of what the scene is about. */
  readonly hasLanded: boolean;
  readonly acknowledged: number;
  readonly inFlight: number;
}

/** The node broke its promise. The message says in which cycle, how, and with which seed it can be tried again. */
export class KillNineFailure extends Error {
  override readonly name = "KillNineFailure";
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[], { seed, cycle, kind }: FailedCycle) {
    const shown = violations.slice(0, 10).map(({ message }) => `  ${message}`);
    const more = violations.length > 10 ? [`  and ${violations.length - 10} more`] : [];
    super([`Cycle ${cycle} (${kind}) of seed ${seed}:`, ...shown, ...more].join("\n"));
    this.violations = violations;
  }
}

interface FailedCycle {
  readonly seed: number;
  readonly cycle: number;
  readonly kind: string;
}

const WRITERS = 8;
/** Most acknowledgements before a kill; a quarter of the cycles is killed within the first twenty. */
const LONGEST_CYCLE = 2_000;

/**
 * Kills the node again and again while writers are at it. After every kill each acknowledged write must be there, and
 * nothing that was not sent; the start that shows it is the next one to be killed.
 */
export async function runKillNine<Node extends Victim>(
  options: KillNineOptions<Node>,
): Promise<void> {
  const { seed, cycles, start, onCycle, nextScene = writesAlone } = options;
  const random = seededRandom(seed);
  const writers = Array.from(
    { length: WRITERS },
    (_, index) => new Writer(`w${index}`, random.fork()),
  );
  let node = await start(random.fork());
  try {
    await createShared(node.port);
    for (let cycle = 1; cycle <= cycles; cycle++) {
      for (const writer of writers) writer.beginCycle(cycle);
      const scene = nextScene(random.fork());
      const { violations, ...load } = await playLoad(node, scene, { writers, random });
      const hasLanded = scene.hasLanded({ violations, ...load });
      await options.afterKill?.(random);
      node = await start(random.fork());
      const kept = await check(node.port, writers, (writer) => writer.bucketsToCheck());
      const found = [...violations, ...kept, ...((await scene.judge?.(node)) ?? [])];
      const { kind } = scene;
      if (found.length > 0) throw new KillNineFailure(found, { seed, cycle, kind });
      onCycle?.({ cycle, kind, hasLanded, ...load });
    }
    const found = await check(node.port, writers, (writer) => writer.allBuckets());
    if (found.length > 0) throw new KillNineFailure(found, { seed, cycle: cycles, kind: "end" });
  } finally {
    await node.kill();
  }
}

async function createShared(port: number): Promise<void> {
  await using client = await LineClient.connect(port);
  await client.ask(`CREATE ${sharedBucket}`);
}

/** Nothing goes on but the writes, and the kill comes after some of them. */
export function writesAlone(random: Random): Scene<Victim> {
  return {
    kind: "writes",
    killAfter: random.integer(1, random.chance(25) ? 20 : LONGEST_CYCLE),
    hasLanded: ({ inFlight }) => inFlight > 0,
  };
}

function playLoad<Node extends Victim>(
  node: Node,
  { killAfter, play }: Scene<Node>,
  { writers, random }: { readonly writers: readonly Writer[]; readonly random: Random },
): Promise<LoadReport> {
  return runLoad({
    port: node.port,
    writers,
    random: random.fork(),
    killAfter,
    kill: () => node.kill(),
    play:
      play &&
      ((load) =>
        play({
          node,
          writers,
          struck: load.struck,
          ending: load.ending,
          reached: (acknowledged) => load.reached(acknowledged),
          allow: (acknowledgements) => load.allow(acknowledgements),
          strike: () => load.strike(),
          release: () => load.release(),
        })),
  });
}

async function check(
  port: number,
  writers: readonly Writer[],
  bucketsOf: (writer: Writer) => readonly string[],
): Promise<readonly Violation[]> {
  const judged = await Promise.all(
    writers.map(async (writer) =>
      writer.history.judge(await readBack(port, writer, bucketsOf(writer))),
    ),
  );
  return judged.flat();
}
