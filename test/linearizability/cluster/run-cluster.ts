import { type Random, seededRandom } from "../../harness/random.ts";
import type { Operation } from "../operation.ts";
import { contradictionIn, type Deed } from "./contradiction.ts";
import { befall, type FaultName, isNodeFault, restoreTables, type Scene } from "./faults.ts";
import { lastLook, openTargets } from "./last-look.ts";
import { evenPlacement, tableText } from "./placement.ts";
import { Records } from "./records.ts";
import type { Target } from "./request.ts";
import { lineSpeech } from "./speak-line.ts";
import { respSpeech } from "./speak-resp.ts";
import { Stage } from "./stage.ts";
import { work } from "./work-client.ts";

/** One run. */
export interface ClusterOptions {
  readonly seed: number;
  readonly names: readonly string[];
  /** Faults of these kinds, drawn. */
  readonly faults: readonly FaultName[];
  /** How many of those that befall a node; tables are changed as often as there is time. */
  readonly rounds: number;
  /** How long a node waits for another one. */
  readonly callTimeoutMs: number;
  /** What replays the draws of this run. */
  readonly replay: string;
}

/** What a run came to. */
export interface ClusterReport {
  readonly operations: number;
  readonly unknown: number;
  readonly failed: number;
  /** Of one key. */
  readonly longest: number;
  /** How many befell a node, or its table. */
  readonly faults: number;
  /** How often buckets were moved to where another table has them. */
  readonly applied: number;
  /** How long it took to judge all histories. */
  readonly checkMs: number;
}

/** The nodes do not agree about a key. The message shows the operations that cannot all have been. */
export class ContradictionFailure extends Error {
  override readonly name = "ContradictionFailure";
}

const CLIENTS = 10;
/** A moment of quiet between two faults, in operations that go by. */
const LONGEST_QUIET = 1_000;
/** Not to flood the nodes, which share the machine with much else, and to have histories of a length that can be judged. */
const LONGEST_THOUGHT_MS = 12;

/**
 * Has ten clients work on a few keys of several nodes, by both protocols, while faults befall the nodes; and judges the history
 * of each key. Rejects with a {@link ContradictionFailure}.
 */
export async function runCluster(options: ClusterOptions): Promise<ClusterReport> {
  const { seed, names, faults, callTimeoutMs, replay } = options;
  const random = seededRandom(seed);
  const placement = evenPlacement(names);
  await using stage = await Stage.open({ names, table: tableText(placement), callTimeoutMs });
  // A moved key has another revision, so that a condition may fail that rests on the one from before.
  const records = new Records({ isRefusalSure: !faults.includes("apply") });
  const deeds: Deed[] = [];
  const tell = (text: string): void => void deeds.push({ at: records.now(), text });
  const tables = { settled: placement, pending: undefined, applied: 0 };
  const scene: Scene = {
    stage,
    records,
    random: random.fork(),
    tell,
    tables,
    tally: { faults: 0 },
  };
  const targets = await openTargets(stage, names);
  await playAll(scene, { ...options, targets, random });
  const problem = await restoreTables(scene, { applies: faults.includes("apply") });
  const flaws = problem === undefined ? [] : [`The last table could not be applied: ${problem}`];
  flaws.push(...(await lastLook({ stage, records, targets })));
  const began = records.now();
  flaws.push(...records.oddities.slice(0, 10));
  for (const [target, history] of records.histories) {
    const flaw = contradictionIn(target, history, deeds);
    if (flaw !== undefined) flaws.push(flaw);
  }
  if (flaws.length > 0) {
    throw new ContradictionFailure([`Seed ${seed}; ${replay}`, ...flaws].join("\n"));
  }
  const histories = [...records.histories.values()];
  const all = histories.flat();
  return {
    operations: all.length,
    unknown: countOf(all, "unknown"),
    failed: countOf(all, "failed"),
    longest: Math.max(...histories.map(({ length }) => length)),
    faults: scene.tally.faults,
    applied: tables.applied,
    checkMs: records.now() - began,
  };
}

/** Clients and faults, until the last of the faults is over. */
async function playAll(
  scene: Scene,
  options: ClusterOptions & { readonly targets: readonly Target[]; readonly random: Random },
): Promise<void> {
  const { names, callTimeoutMs, targets, random } = options;
  const end = new AbortController();
  const { signal } = end;
  const clients = Array.from({ length: CLIENTS }, (_, index) => {
    const settings = {
      name: `c${index}`,
      targets,
      home: names[index % names.length] ?? "",
      patienceMs: random.integer(Math.ceil(callTimeoutMs / 2), 2 * callTimeoutMs),
      depth: random.integer(2, 8),
      thinkMs: LONGEST_THOUGHT_MS,
    };
    const { stage, records } = scene;
    const workplace = { stage, records, signal, random: random.fork() };
    // The nodes in turn, and within each of them the protocols in turn.
    return Math.floor(index / names.length) % 2 === 0
      ? work(lineSpeech, settings, workplace)
      : work(respSpeech, settings, workplace);
  });
  const faults = befallNodes(scene, options);
  const tables = strayTables(scene, options, signal);
  try {
    await Promise.race([faults, Promise.all([...clients, tables])]);
  } finally {
    end.abort();
    scene.records.release();
    await Promise.allSettled([...clients, tables, faults]);
  }
  await Promise.all([...clients, tables]);
}

async function befallNodes(scene: Scene, { faults, rounds }: ClusterOptions): Promise<void> {
  const names = faults.filter((name) => isNodeFault(name));
  for (let round = 0; round < rounds; round++) {
    await quiet(scene);
    if (names.length > 0) await befall(scene.random.pick(names), scene);
  }
  await quiet(scene);
}

async function strayTables(
  scene: Scene,
  { faults }: ClusterOptions,
  signal: AbortSignal,
): Promise<void> {
  const names = faults.filter((name) => !isNodeFault(name));
  const ownScene = { ...scene, random: scene.random.fork() };
  while (names.length > 0 && !signal.aborted) {
    await befall(ownScene.random.pick(names), ownScene);
    await quiet(ownScene);
  }
}

function quiet({ records, random }: Scene): Promise<void> {
  return records.after(random.integer(1, LONGEST_QUIET));
}

function countOf(operations: readonly Operation[], type: Operation["outcome"]["type"]): number {
  return operations.filter(({ outcome }) => outcome.type === type).length;
}
