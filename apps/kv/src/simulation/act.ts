import type { Connection } from "./connection.ts";
import { ownerOf } from "./draw-tables.ts";
import { drawDemands, drawFocus } from "./draw-demands.ts";
import type { History } from "./history.ts";
import type { Demand } from "./request.ts";
import type { Life } from "./life.ts";
import type { SimulatedNode } from "./simulated-node.ts";
import { makeTrouble, turnWay } from "./trouble.ts";

/** The connections that clients have kept, by the process that they lead to. */
export type Clients = Map<Life, Connection[]>;

/** How many clients a node has. */
const CLIENTS = 2;

/** Has most buckets made, so that there is something to lose. */
export function furnish(history: History): void {
  const { chance } = history.world;
  const node = chance.pick(history.nodes);
  if (node.life === undefined) return;
  const made = history.buckets.filter(() => chance.percent(75));
  history.note(`make ${made.join()} at ${node.name}`);
  const demands = made.map((bucket): Demand => ({ type: "create", bucket }));
  history.connect(node, node.life, 4).ask(demands);
}

/** Lets one thing happen that may happen to a cluster at any time. */
export async function act(history: History, clients: Clients): Promise<void> {
  const { world, nodes } = history;
  const { chance } = world;
  const node = chance.pick(nodes);
  const roll = chance.below(100);
  if (roll < 25) ask(history, node, clients);
  else if (roll < 50) await strike(history, node, clients);
  else if (roll < 75) await world.run(passing(history));
  else makeTrouble(history, node);
}

/** How long nothing is done: mostly no longer than an answer takes. */
function passing({ world: { chance }, timeoutMs }: History): number {
  if (chance.percent(5)) return chance.below(6000);
  return chance.percent(15) ? chance.below(timeoutMs) : chance.below(40);
}

function ask(history: History, node: SimulatedNode, clients: Clients): void {
  const connection = connectionTo(history, node, clients);
  if (connection === undefined) return;
  const demands = drawDemands(history, drawFocus(history));
  history.note(`ask ${node.name} for ${demands.length}, connection ${connection.number}`);
  connection.ask(demands);
}

/** Something happens while requests are on their way, and their client goes on with the same bucket. */
async function strike(history: History, node: SimulatedNode, clients: Clients): Promise<void> {
  const { world, nodes } = history;
  const { chance, weather } = world;
  const connection = connectionTo(history, node, clients);
  if (connection === undefined) return;
  const focus = drawFocus(history);
  const [before, after] = [drawDemands(history, focus), drawDemands(history, focus)];
  history.note(`ask ${node.name} for ${before.length}, connection ${connection.number}`);
  connection.ask(before);
  await world.run(chance.below((chance.percent(50) ? 1 : 3) * weather.latencyMs));
  if (
    (history.tables === "change" || history.tables === "put") &&
    focus !== undefined &&
    chance.percent(40)
  ) {
    const next = nextOf(history, node, focus);
    turnWay(history, chance.percent(60) ? node : next, focus);
  } else makeTrouble(history, chance.percent(50) ? node : chance.pick(nodes));
  if (chance.percent(30)) await world.run(chance.below(3 * weather.latencyMs));
  history.note(`ask ${node.name} for ${after.length} more, connection ${connection.number}`);
  connection.ask(after);
}

/** Where `node` sends requests for `bucket`; itself if it is nowhere. */
function nextOf({ nodes }: History, node: SimulatedNode, bucket: string): SimulatedNode {
  const owner = ownerOf(node.table, bucket);
  return nodes.find(({ name }) => name === owner) ?? node;
}

/** One of the connections to the process of a node, if that serves. */
function connectionTo(
  history: History,
  node: SimulatedNode,
  clients: Clients,
): Connection | undefined {
  const { chance } = history.world;
  const { life } = node;
  if (life?.state !== "serving") return undefined;
  const known = clients.get(life) ?? [];
  clients.set(life, known);
  if (known.length < CLIENTS) known.push(history.connect(node, life, chance.pick([1, 5, 20])));
  return chance.pick(known);
}
