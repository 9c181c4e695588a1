import { LineClient } from "../harness/line-client.ts";
import { type Random, seededRandom } from "../harness/random.ts";
import { runLoad } from "./load.ts";
import { readBack } from "./read-back.ts";
import { sharedBucket, Writer } from "./writer.ts";
import type { Violation } from "./writer-history.ts";

/** A running node that is going to be killed. */
export interface Victim {
  readonly port: number;
  /** kill -9: sends the signal before it returns, resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface KillNineOptions {
  readonly seed: number;
  readonly cycles: number;
  /** Starts the node on the data that the one before has left, the first time on none. */
  readonly start: () => Promise<Victim>;
  /** Done after each kill, before the start that is checked: further starts that do not get far, for instance. */
  readonly afterKill?: (random: Random) => Promise<void>;
  /** Told after each cycle, once what it left has been checked. */
  readonly onCycle?: (report: CycleReport) => void;
}

/** One cycle: load, kill, start, check. */
export interface CycleReport {
  readonly cycle: number;
  readonly acknowledged: number;
  readonly inFlight: number;
}

/** The node broke its promise. The message says in which cycle, how, and with which seed it can be tried again. */
export class KillNineFailure extends Error {
  override readonly name = "KillNineFailure";
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[], { seed, cycle }: { seed: number; cycle: number }) {
    const shown = violations.slice(0, 10).map(({ message }) => `  ${message}`);
    const more = violations.length > 10 ? [`  and ${violations.length - 10} more`] : [];
    super([`Cycle ${cycle} of seed ${seed}:`, ...shown, ...more].join("\n"));
    this.violations = violations;
  }
}

const WRITERS = 8;
/** Most acknowledgements before a kill; a quarter of the cycles is killed within the first twenty. */
const LONGEST_CYCLE = 2_000;

/**
 * Kills the node again and again while writers are at it. After every kill each acknowledged write must be there, and
 * nothing that was not sent; the start that shows it is the next one to be killed.
 */
export async function runKillNine(options: KillNineOptions): Promise<void> {
  const { seed, cycles, start, onCycle } = options;
  const random = seededRandom(seed);
  const writers = Array.from(
    { length: WRITERS },
    (_, index) => new Writer(`w${index}`, random.fork()),
  );
  let victim = await start();
  try {
    await createShared(victim.port);
    for (let cycle = 1; cycle <= cycles; cycle++) {
      for (const writer of writers) writer.beginCycle(cycle);
      const { violations, ...report } = await runLoad({
        port: victim.port,
        writers,
        random: random.fork(),
        killAfter: drawKill(random),
        kill: () => victim.kill(),
      });
      await options.afterKill?.(random);
      victim = await start();
      const port = victim.port;
      const found = [...violations, ...(await check(port, writers, (w) => w.bucketsToCheck()))];
      if (found.length > 0) throw new KillNineFailure(found, { seed, cycle });
      onCycle?.({ cycle, ...report });
    }
    const found = await check(victim.port, writers, (writer) => writer.allBuckets());
    if (found.length > 0) throw new KillNineFailure(found, { seed, cycle: cycles });
  } finally {
    await victim.kill();
  }
}

async function createShared(port: number): Promise<void> {
  await using client = await LineClient.connect(port);
  await client.ask(`CREATE ${sharedBucket}`);
}

function drawKill(random: Random): number {
  return random.integer(1, random.chance(25) ? 20 : LONGEST_CYCLE);
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
