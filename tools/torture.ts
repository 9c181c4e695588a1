/** `npm run torture`: kills a node with -9 in the middle of writes, thousands of times, and checks what it kept. */
import { parseArgs } from "node:util";
import { KillNineFailure } from "../test/faults/kill-nine.ts";
import { KillTally } from "../test/faults/kill-tally.ts";
import { type SceneName, sceneNames } from "../test/faults/scene-deck.ts";
import { tortureNode, type TortureReport } from "../test/faults/torture-node.ts";
import { chooseSeed } from "../test/harness/random.ts";

/** After so many cycles a new node with new data: the log grows by each cycle, and is replayed in each. */
const CYCLES_PER_NODE = 100;

const USAGE = `Usage: npm run torture -- [--cycles N] [--seed N] [--only SCENE,SCENE]

Starts a node, has it written to on many connections, kills it with -9 in the midst of something, starts it
again on the same data, and checks that every acknowledged write is there and nothing that nobody sent. Over
and over. What goes on beside the writers is drawn: ${sceneNames.join(", ")}.

  --cycles N  how often (1000)
  --seed N    replays the draws of a run that printed this seed
  --only ...  only these scenes
  --help      this text

The exit code is 0 when all was kept, 1 when not, and 64 for a wrong option.
`;

interface Options {
  readonly cycles: number;
  readonly seed: number;
  readonly scenes: readonly SceneName[];
}

async function main(): Promise<number> {
  let options: Options | undefined;
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
  return torture(options);
}

function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      cycles: { type: "string", default: "1000" },
      seed: { type: "string" },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return undefined;
  const cycles = Number(values.cycles);
  if (!Number.isInteger(cycles) || cycles < 1) {
    throw new RangeError(`Cannot run "${values.cycles}" cycles: expected a whole number from 1`);
  }
  const scenes = values.only === undefined ? sceneNames : parseScenes(values.only);
  return { cycles, seed: chooseSeed(values.seed), scenes };
}

function parseScenes(text: string): readonly SceneName[] {
  return text.split(",").map((word) => {
    const scene = sceneNames.find((name) => name === word);
    if (scene !== undefined) return scene;
    throw new RangeError(`Cannot play "${word}": there are ${sceneNames.join(", ")}`);
  });
}

async function torture({ cycles, seed, scenes }: Options): Promise<0 | 1> {
  const only = scenes === sceneNames ? "" : ` --only ${scenes.join(",")}`;
  console.log(`seed ${seed}: --cycles ${cycles} --seed ${seed}${only} replays it`);
  const progress = new Progress(cycles);
  const onCycle = (report: TortureReport): void => progress.add(report);
  try {
    // Each node has a seed of its own, which a failure names: --seed with that one begins with that node.
    for (let left = cycles, nodeSeed = seed; left > 0; left -= CYCLES_PER_NODE, nodeSeed++) {
      const ofNode = Math.min(left, CYCLES_PER_NODE);
      await tortureNode({ cycles: ofNode, seed: nodeSeed, scenes, onCycle });
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

/** One line that is written over on a terminal; elsewhere a line for each hundredth cycle. */
class Progress {
  readonly #cycles: number;
  readonly #started = performance.now();
  readonly #tally = new KillTally();

  constructor(cycles: number) {
    this.#cycles = cycles;
  }

  add(report: TortureReport): void {
    this.#tally.add(report);
    if (process.stdout.isTTY) process.stdout.write(`\r${this.#line()}`);
    else if (this.#tally.kills % 100 === 0) console.log(this.#line());
  }

  end(): void {
    console.log(`${process.stdout.isTTY ? "\r" : ""}${this.#line()}`);
    console.log(this.#tally.kindsText);
  }

  #line(): string {
    const seconds = Math.round((performance.now() - this.#started) / 1_000);
    return `${this.#tally.textOf(this.#cycles)}, ${seconds} s`;
  }
}

process.exitCode = await main();
