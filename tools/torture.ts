/**
 * `npm run torture`: kills a node with -9 in the middle of writes, thousands of times, and checks what it kept; or has
 * several nodes fail, and checks that clients of all of them agree.
 */
import { parseArgs } from "node:util";
import { KillNineFailure } from "../test/faults/kill-nine.ts";
import { KillTally } from "../test/faults/kill-tally.ts";
import { type SceneName, sceneNames } from "../test/faults/scene-deck.ts";
import { tortureNode, type TortureReport } from "../test/faults/torture-node.ts";
import { chooseSeed } from "../test/harness/random.ts";
import { type FaultName, faultNames } from "../test/linearizability/cluster/faults.ts";
import { tortureCluster } from "../test/linearizability/cluster/torture-cluster.ts";

/** After so many cycles a new node with new data: the log grows by each cycle, and is replayed in each. */
const CYCLES_PER_NODE = 100;

const USAGE = `Usage: npm run torture -- [--cycles N] [--seed N] [--only SCENE,SCENE]
       npm run torture -- --cluster [--runs N] [--nodes 2|3] [--seed N] [--only FAULT,FAULT]

Starts a node, has it written to on many connections, kills it with -9 in the midst of something, starts it
again on the same data, and checks that every acknowledged write is there and nothing that nobody sent. Over
and over. What goes on beside the writers is drawn: ${sceneNames.join(", ")}.

  --cycles N  how often (1000)
  --seed N    replays the draws of a run that printed this seed
  --only ...  only these scenes
  --help      this text

With --cluster, ten clients work on a few keys of two or three nodes while these fail and change their tables;
then the history of each key is judged: is there an order of all its operations in which each finds what the one
before has left? A history that has none is shown, as far as it matters. What befalls the nodes is drawn:
${faultNames.join(", ")}.

  --runs N    how often, each time with new nodes (10)
  --nodes N   how many nodes; drawn otherwise
  --seed N    replays the draws of the run that printed this seed, though not the time that all takes
  --only ...  only these faults

The exit code is 0 when all was kept, 1 when not, and 64 for a wrong option.
`;

interface Options {
  readonly cycles: number;
  readonly seed: number;
  readonly scenes: readonly SceneName[];
  /** Those of `--cluster`. */
  readonly cluster?: ClusterOptions;
}

interface ClusterOptions {
  readonly runs: number;
  readonly nodes: 2 | 3 | undefined;
  readonly faults: readonly FaultName[];
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
  return options.cluster === undefined
    ? torture(options)
    : agree({ seed: options.seed, ...options.cluster });
}

function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      cycles: { type: "string", default: "1000" },
      seed: { type: "string" },
      only: { type: "string" },
      cluster: { type: "boolean" },
      runs: { type: "string", default: "10" },
      nodes: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) return undefined;
  const seed = chooseSeed(values.seed);
  const cycles = parseCount(values.cycles, "cycles");
  if (values.cluster === true) {
    const faults = namesIn(values.only, faultNames);
    const cluster = {
      runs: parseCount(values.runs, "runs"),
      nodes: parseNodes(values.nodes),
      faults,
    };
    return { cycles, seed, scenes: sceneNames, cluster };
  }
  return { cycles, seed, scenes: namesIn(values.only, sceneNames) };
}

function parseCount(text: string, what: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError(`Cannot run "${text}" ${what}: expected a whole number from 1`);
}

function parseNodes(text: string | undefined): 2 | 3 | undefined {
  if (text === undefined) return undefined;
  if (text === "2") return 2;
  if (text === "3") return 3;
  throw new RangeError(`Cannot run "${text}" nodes: expected 2 or 3`);
}

/** The names that `text` lists; all where there is none. */
function namesIn<Name extends string>(
  text: string | undefined,
  names: readonly Name[],
): readonly Name[] {
  if (text === undefined) return names;
  return text.split(",").map((word) => {
    const known = names.find((name) => name === word);
    if (known !== undefined) return known;
    throw new RangeError(`Cannot play "${word}": there are ${names.join(", ")}`);
  });
}

async function agree({ seed, ...cluster }: ClusterOptions & { seed: number }): Promise<0 | 1> {
  const contradiction = await tortureCluster({ seed, ...cluster, onRun: console.log });
  if (contradiction === undefined) return 0;
  console.error(contradiction);
  return 1;
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
