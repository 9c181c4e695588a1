import type { NodeName } from "@kv/cluster";
import { runIn } from "./process-timers.ts";
import type { Connection } from "./connection.ts";
import { isKvError } from "../errors.ts";
import type { History } from "./history.ts";
import { describe } from "./judge-requests.ts";
import type { Demand, Request } from "./request.ts";
import { ownerOf } from "./draw-tables.ts";
import type { SimulatedNode } from "./simulated-node.ts";
import { Violation } from "./violation.ts";

/** As long as a pause between two dials may be, a handshake, and a silence that somebody has to notice first. */
const QUIET_MS = 10_000;

/** Time enough for whatever a request may have to wait for when all is well. */
const PATIENCE_MS = 5000;

/** So few requests of every node under way at once, all to one, fit into the smallest limits that a history draws. */
const LOOKERS_PIPELINE = 2;

/** Mends everything, and looks at all of it from every node. */
export async function endHistory(history: History): Promise<void> {
  await mend(history);
  history.timeoutMs = PATIENCE_MS;
  // A first round wakes the links.
  await lookAround(history, firstOfGroups(history));
  if (history.tables === "move") await settleTables(history);
  await history.world.run(QUIET_MS);
  history.restMs = history.world.nowMs;
  judgeHomes(history);
  judgeFound(history, await lookAround(history, everything(history)));
}

async function mend(history: History): Promise<void> {
  const { world, nodes, names } = history;
  history.quieten();
  for (const from of names) {
    for (const to of names) {
      world.heal(from, to);
      world.slow(from, to, 0);
    }
  }
  for (const node of nodes) {
    node.thaw();
    node.diskMs = 1;
  }
  await world.run(QUIET_MS);
  // One that was ending has ended by now.
  for (const node of nodes) if (node.life === undefined) node.start();
  await world.runUntil(() => nodes.every(({ life }) => life?.state === "serving"));
}

/** As often as `routing apply` may have to be called again, with everything working. */
const APPLY_LIMIT = 5;

/** Finishes what is under way. */
async function settleTables(history: History): Promise<void> {
  const { world, nodes } = history;
  const watch = { signal: new AbortController().signal, progress: () => {} };
  for (let tries = APPLY_LIMIT; ; tries--) {
    const life = nodes[0]?.life;
    if (life === undefined) throw new Error("it is not there");
    const ends: string[] = [];
    runIn(life.process, () => life.moves.coordinator.apply(undefined, watch)).then(
      () => void ends.push("applied"),
      (error: unknown) => void ends.push(String(error)),
    );
    await world.runUntil(() => ends.length > 0, 120_000);
    const [end = ""] = ends;
    history.note(`finish what is under way: ${end}`);
    if (end.includes("no change is under way")) return;
    if (tries === 0)
      throw new Violation("found again", `routing apply does not come to its end: ${end}`);
  }
}

function firstOfGroups({ homes, keys: [key = ""] }: History): readonly Demand[] {
  return [...homes.keys()].map((group): Demand => ({ type: "get", bucket: `${group}1`, key }));
}

function everything({ buckets, keys }: History): readonly Demand[] {
  const gets = buckets.flatMap((bucket) =>
    keys.map((key): Demand => ({ type: "get", bucket, key })),
  );
  return [...gets, { type: "list" }, { type: "count" }];
}

/** Asks every node for all of `demands`, and waits for the answers. */
async function lookAround(
  history: History,
  demands: readonly Demand[],
): Promise<readonly Request[]> {
  const { world, nodes, requests } = history;
  history.note("look around");
  const connections = new Set<Connection>();
  for (const node of nodes) {
    if (node.life === undefined) throw new Error(`${node.name} is not there`);
    const connection = history.connect(node, node.life, LOOKERS_PIPELINE);
    connection.ask(demands);
    connections.add(connection);
  }
  const asked = (): readonly Request[] =>
    requests.filter(({ connection }) => connections.has(connection));
  const isOver = (): boolean =>
    connections.values().every(({ isIdle }) => isIdle) &&
    asked().every(({ settled }) => settled.length > 0);
  await world.runUntil(isOver, PATIENCE_MS * 4);
  return asked();
}

/** No bucket is at two nodes, for no table has let two nodes make one. */
function judgeHomes({ nodes }: History): void {
  const found = new Map<string, NodeName>();
  for (const node of nodes) {
    for (const bucket of bucketsOf(node)) {
      const other = found.get(bucket);
      if (other !== undefined) {
        throw new Violation("one home", `${bucket} is at ${other} and at ${node.name}`);
      }
      found.set(bucket, node.name);
    }
  }
}

/** Whoever leads to a bucket by the tables has found it; all nodes have been there for long enough. */
function judgeFound(history: History, requests: readonly Request[]): void {
  for (const request of requests) {
    const { demand, node, settled } = request;
    const isMeant =
      "bucket" in demand
        ? leadsSomewhere(history, node, demand.bucket)
        : history.tables === "agree" || history.tables === "move";
    if (isMeant && settled[0] instanceof Error && !isOldWord(history, request))
      throw new Violation("found again", describe(request));
  }
}

/**
 * Whether a bucket that is nowhere was looked for in a circle: with tables that are put, it may have been given to a node that has not
 * made it and has another table now. The circle is told of, and hides nothing.
 */
function isOldWord({ nodes, tables }: History, { demand, settled: [end] }: Request): boolean {
  const isLoop = end instanceof Error && isKvError(end, "KV_ROUTING_LOOP");
  if (tables !== "put" || !isLoop || !("bucket" in demand)) return false;
  return nodes.every((node) => !bucketsOf(node).includes(demand.bucket));
}

/** Whether a request that begins at `node` comes to a node that serves the bucket, or would make it. */
function leadsSomewhere({ nodes }: History, from: NodeName, bucket: string): boolean {
  const seen = new Set<string>();
  let at: string | undefined = from;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const node = nodes.find(({ name }) => name === at);
    if (node === undefined) return false;
    if (bucketsOf(node).includes(bucket)) return true;
    const given = givenTo(node, bucket);
    // One that sends back what it was given does not have it, and the table decides.
    const isAsked = given !== undefined && !seen.has(given);
    const owner = isAsked ? given : ownerOf(node.life?.placement.table ?? node.table, bucket);
    if (owner === at) return node.stores;
    at = owner;
  }
  return false;
}

/** Whom the node has given the bucket to, one that was not made yet among them. */
function givenTo({ life }: SimulatedNode, bucket: string): string | undefined {
  const records = [...(life?.placement.moved() ?? [])];
  return records.find((record) => Buffer.from(record.bucket).toString() === bucket)?.to;
}

function bucketsOf({ life }: SimulatedNode): readonly string[] {
  const listed = life?.store?.listBuckets();
  if (life === undefined || listed === undefined) return [];
  if (!("outcome" in listed)) throw new Error("an engine of a node answers at once");
  return listed.outcome.page.entries
    .filter(({ bucket }) => life.placement.isServed(bucket))
    .map(({ bucket }) => Buffer.from(bucket).toString());
}
