/** `npm run torture`: kills a node with -9 in the middle of writes, thousands of times, and checks what it kept. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type CycleReport, KillNineFailure, runKillNine } from "../test/faults/kill-nine.ts";
import { disturb, startVictim, warmUp } from "../test/faults/node-victim.ts";
import { chooseSeed } from "../test/harness/random.ts";
import { makeTemporaryDirectory } from "../test/harness/temporary-directory.ts";

/** After so many cycles a new node with new data: the log grows by each cycle, and is replayed in each. */
const CYCLES_PER_NODE = 100;

const USAGE = `Usage: npm run torture -- [--cycles N] [--seed N]

Starts a node, has it written to on many connections, kills it with -9 after some acknowledgements, starts it
again on the same data, and checks that every acknowledged write is there and nothing that nobody sent. Over
and over.

  --cycles N  how often (1000)
  --seed N    replays the draws of a run that printed this seed
  --help      this text

The exit code is 0 when all was kept, 1 when not, and 64 for a wrong option.
`;

async function main(): Promise<number> {
  let options: { readonly cycles: number; readonly seed: number } | undefined;
  try {
    options = parseOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 64;
  }
  if (options === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  return torture(options.cycles, options.seed);
}

function parseOptions(): { readonly cycles: number; readonly seed: number } | undefined {
  const { values } = parseArgs({
    options: {
      cycles: { type: "string", default: "1000" },
      seed: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return undefined;
  const cycles = Number(values.cycles);
  if (!Number.isInteger(cycles) || cycles < 1) {
    throw new RangeError(`Cannot run "${values.cycles}" cycles: expected a whole number from 1`);
  }
  return { cycles, seed: chooseSeed(values.seed) };
}

async function torture(cycles: number, seed: number): Promise<0 | 1> {
  console.log(`seed ${seed}: --cycles ${cycles} --seed ${seed} replays it`);
  const progress = new Progress(cycles);
  try {
    // Each node has a seed of its own, which a failure names: --seed with that one begins with that node.
    for (let left = cycles, nodeSeed = seed; left > 0; left -= CYCLES_PER_NODE, nodeSeed++) {
      await tortureNode(Math.min(left, CYCLES_PER_NODE), nodeSeed, progress);
    }
  } catch (error) {
    if (!(error instanceof KillNineFailure)) throw error;
    progress.end();
    console.error(error.message);
    return 1;
  }
  progress.end();
  return 0;
}

async function tortureNode(cycles: number, seed: number, progress: Progress): Promise<void> {
  await using directory = await makeTemporaryDirectory();
  const node = { dataDirectory: join(directory.path, "data") };
  await warmUp({ dataDirectory: join(directory.path, "warm-up") });
  await runKillNine({
    cycles,
    seed,
    start: () => startVictim(node),
    afterKill: (random) => disturb(node, random),
    onCycle: (report) => progress.add(report),
  });
}

/** One line that is written over on a terminal; elsewhere a line for each hundredth cycle. */
class Progress {
  readonly #cycles: number;
  readonly #started = performance.now();
  #done = 0;
  #acknowledged = 0;
  #inFlight = 0;

  constructor(cycles: number) {
    this.#cycles = cycles;
  }

  add({ acknowledged, inFlight }: CycleReport): void {
    this.#done += 1;
    this.#acknowledged += acknowledged;
    this.#inFlight += inFlight;
    if (process.stdout.isTTY) process.stdout.write(`\r${this.#line()}`);
    else if (this.#done % 100 === 0) console.log(this.#line());
  }

  end(): void {
    console.log(`${process.stdout.isTTY ? "\r" : ""}${this.#line()}`);
  }

  #line(): string {
    const seconds = Math.round((performance.now() - this.#started) / 1_000);
    return `${this.#done} of ${this.#cycles} kills, ${this.#acknowledged} writes acknowledged, ${this.#inFlight} in flight when killed, ${seconds} s`;
  }
}

process.exitCode = await main();
