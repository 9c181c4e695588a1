import { patienceMs } from "../../harness/deadline.ts";
import type { Random } from "../../harness/random.ts";
import { drawnPlacement, type Placement, straying, tableText } from "./placement.ts";
import type { Records } from "./records.ts";
import type { Stage } from "./stage.ts";

/** What a fault has to do with. */
export interface Scene {
  readonly stage: Stage;
  readonly records: Records;
  readonly random: Random;
  /** Writes down what is done, for whoever reads a history that contradicts itself. */
  readonly tell: (text: string) => void;
  readonly tables: CommonTables;
  /** How many faults there were. */
  readonly tally: { faults: number };
}

/** What the nodes have been told together. */
export interface CommonTables {
  /** The last one that was applied to the end. */
  settled: Placement;
  /** The one that is being applied: some buckets lie by this one already. */
  pending: Placement | undefined;
  /** How often one was applied to the end. */
  applied: number;
}

type Fault = (scene: Scene) => Promise<void>;

/** Most operations that go by, anywhere, while a node is away. */
const LONGEST_ABSENCE = 1_500;

/** What is done to one node at a time. */
const NODE_FAULTS = {
  async kill(scene) {
    const { stage, random, tell } = scene;
    const node = random.pick(stage.names);
    tell(`kill -9 ${node}`);
    await stage.kill(node);
    await comeBack(scene, node);
  },
  async stop(scene) {
    const { stage, random, tell } = scene;
    const node = random.pick(stage.names);
    tell(`stop ${node}`);
    await stage.stop(node);
    await comeBack(scene, node);
  },
  async freeze(scene) {
    const { stage, random, tell } = scene;
    const node = random.pick(stage.names);
    tell(`freeze ${node}`);
    stage.freeze(node);
    await absence(scene);
    tell(`thaw ${node}`);
    stage.thaw(node);
  },
  /** Killed while frozen: what has arrived and was not read is lost. */
  async "freeze-kill"(scene) {
    const { stage, random, tell } = scene;
    const node = random.pick(stage.names);
    tell(`freeze ${node}`);
    stage.freeze(node);
    await absence(scene);
    tell(`kill -9 ${node}`);
    await stage.kill(node);
    stage.thaw(node);
    await comeBack(scene, node);
  },
} as const satisfies Readonly<Record<string, Fault>>;

/** What is done to tables, beside all that. */
const TABLE_FAULTS = {
  /** One node goes by another table. */
  async table(scene) {
    const { stage, random, tables } = scene;
    const node = random.pick(stage.names);
    const { settled, pending = settled } = tables;
    // Neither here nor there while it moves: nobody's, as far as this node can be told.
    const sure = settled.map((owner, index) => (owner === pending[index] ? owner : ""));
    await putTable(scene, node, straying(sure, { node, names: stage.names, random }));
  },
  /** One node goes by the common table again. */
  async "table-back"(scene) {
    await putTable(scene, scene.random.pick(scene.stage.names), scene.tables.settled);
  },
  /** All nodes get another table, and buckets move. */
  async apply(scene) {
    const { tables, stage, random } = scene;
    tables.pending ??= drawnPlacement(stage.names, random);
    await applyPending(scene, random.pick(stage.names));
  },
} as const satisfies Readonly<Record<string, Fault>>;

const FAULTS = { ...NODE_FAULTS, ...TABLE_FAULTS };

/** A kind of fault. */
export type FaultName = keyof typeof FAULTS;

/** All of them. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of this very record
export const faultNames = Object.keys(FAULTS) as readonly FaultName[];

/** Those that befall a node, of which there is one at a time. */
export function isNodeFault(name: FaultName): boolean {
  return name in NODE_FAULTS;
}

/** Has it happen; resolves when all nodes are there again. */
export function befall(name: FaultName, scene: Scene): Promise<void> {
  scene.tally.faults++;
  return FAULTS[name](scene);
}

/**
 * Finishes what was begun, and has all nodes go by the common table again; all of them must be well. With `applies` at least
 * one table is applied to the end. Why not all of this was done, if so.
 */
export async function restoreTables(
  scene: Scene,
  { applies }: { readonly applies: boolean },
): Promise<string | undefined> {
  const { stage, tables, records, random } = scene;
  if (applies && tables.applied === 0) tables.pending ??= drawnPlacement(stage.names, random);
  // Nodes that have just come back may need a moment to find each other.
  const deadline = records.now() + patienceMs;
  while (tables.pending !== undefined) {
    const problem = await applyPending(scene, stage.names[0] ?? "");
    if (problem !== undefined && records.now() > deadline) return problem;
  }
  await Promise.all(stage.names.map((node) => putTable(scene, node, tables.settled)));
  return undefined;
}

/** `routing apply` at `node`: begins with the pending table, or goes on with it. Why it has not come to its end, if so. */
async function applyPending(scene: Scene, node: string): Promise<string | undefined> {
  const { stage, tables, tell } = scene;
  const { pending } = tables;
  if (!stage.isWell(node) || pending === undefined) return `${node} is away`;
  const text = tableText(pending);
  tell(`routing apply ${text} at ${node}`);
  const { code, stderr } = await stage.operate(node, ["routing", "apply", text]);
  tell(`routing apply at ${node}: ${code === 0 ? "done" : stderr.trim()}`);
  if (code !== 0) return stderr.trim();
  tables.settled = pending;
  tables.pending = undefined;
  tables.applied++;
  return undefined;
}

async function putTable(scene: Scene, node: string, placement: Placement): Promise<void> {
  const { stage, tell } = scene;
  // A node that is away or frozen could not be told.
  if (!stage.isWell(node)) return;
  const text = tableText(placement);
  tell(`env put kv routingTable ${text} at ${node}`);
  const { code, stderr } = await stage.operate(node, ["env", "put", "kv", "routingTable", text]);
  tell(`${node} ${code === 0 ? "goes by it" : `does not: ${stderr.trim()}`}`);
}

async function comeBack(scene: Scene, node: string): Promise<void> {
  await absence(scene);
  scene.tell(`start ${node}`);
  await scene.stage.start(node);
  scene.tell(`${node} is back`);
}

function absence({ records, random }: Scene): Promise<void> {
  const most = random.chance(30) ? 20 : LONGEST_ABSENCE;
  return records.after(random.integer(1, most));
}
