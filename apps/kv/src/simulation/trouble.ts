import type { RoutingTable } from "../routing-table.ts";
import { isApplicationError } from "@kv/application";
import { runIn } from "./process-timers.ts";
import { formatRoutingText } from "../routing-text.ts";
import { ownerOf } from "./draw-tables.ts";
import type { History } from "./history.ts";
import type { SimulatedNode } from "./simulated-node.ts";

/** How often each of them happens, of a hundred. */
const WEIGHTS = {
  cut: 10,
  heal: 20,
  slow: 8,
  break: 12,
  freeze: 6,
  thaw: 12,
  table: 15,
  apply: 14,
  disk: 3,
  end: 10,
  start: 12,
} as const;

type Trouble = keyof typeof WEIGHTS;

/** Does something to `node`, to its machine or to the network around it, or mends it. */
export function makeTrouble(history: History, node: SimulatedNode): void {
  const { chance } = history.world;
  const other = chance.pick(history.nodes.filter((each) => each !== node));
  TROUBLES[drawTrouble(history)](history, node, other);
}

const TROUBLES: Readonly<
  Record<Trouble, (history: History, node: SimulatedNode, other: SimulatedNode) => void>
> = {
  cut(history, { name }, other) {
    const { world } = history;
    const isBothWays = world.chance.percent(50);
    history.note(`cut ${name} -> ${other.name}${isBothWays ? " and back" : ""}`);
    world.cut(name, other.name);
    if (isBothWays) world.cut(other.name, name);
  },
  heal(history, { name }) {
    const { world, names } = history;
    history.note(`heal ${name}`);
    for (const other of names) {
      world.heal(name, other);
      world.heal(other, name);
    }
  },
  slow(history, { name }, other) {
    const { world } = history;
    const extraMs = world.chance.pick([0, 20, 100]);
    history.note(`slow ${name} -> ${other.name} by ${extraMs} ms`);
    world.slow(name, other.name, extraMs);
  },
  break(history, { name, life }) {
    history.note(`break a stream of ${name}`);
    const streams = [...(life?.process.streams ?? [])];
    if (streams.length > 0) history.world.chance.pick(streams).destroy();
  },
  freeze(history, node) {
    history.note(`freeze ${node.name}`);
    node.freeze();
  },
  thaw(history, node) {
    history.note(`thaw ${node.name}`);
    node.thaw();
  },
  table(history, node) {
    if (history.tables === "change" || history.tables === "put") changeTable(history, node);
  },
  apply(history, node) {
    if (history.tables === "move") applyTable(history, node);
  },
  disk({ world: { chance } }, node) {
    node.diskMs = chance.pick([1, 5, 100]);
  },
  end(history, node) {
    const { chance } = history.world;
    if (node.life === undefined) return;
    const end = chance.pick(["kill", "cutPower", "stop"] as const);
    history.note(`${end} ${node.name}`);
    node[end]();
    if (node.life === undefined && chance.percent(50)) start(history, node);
  },
  start(history) {
    const ended = history.nodes.find(({ life }) => life === undefined);
    if (ended !== undefined) start(history, ended);
  },
};

/** `routing apply` at one node: with another table, or to finish what is under way. */
export function applyTable(history: History, node: SimulatedNode): void {
  const { life } = node;
  const table = history.world.chance.percent(70) ? history.drawCommonTable() : undefined;
  if (life?.state !== "serving") return;
  history.note(
    `apply ${table === undefined ? "what is under way" : formatRoutingText(table)} at ${node.name}`,
  );
  const watch = { signal: new AbortController().signal, progress: () => {} };
  const applying = runIn(life.process, () => life.moves.coordinator.apply(table, watch));
  applying.then(
    ({ movedBuckets, longestPauseMs }) =>
      history.note(
        `applied at ${node.name}: ${movedBuckets} buckets moved, pause ${longestPauseMs} ms`,
      ),
    (error: unknown) => {
      if (life.process.isDead) return;
      if (isApplicationError(error, "COMMAND_FAILED"))
        history.note(`not applied at ${node.name}: ${error.message}`);
      else history.bugs.push(error);
    },
  );
}

/** `env put kv routingTable` at one node. */
export function changeTable(history: History, node: SimulatedNode): void {
  putTable(history, node, history.drawTable(node.name));
}

/** The same for one bucket: straight home when it was another way, and another way when it was straight. */
export function turnWay(history: History, node: SimulatedNode, bucket: string): void {
  const { homes, names, world } = history;
  const [group = ""] = bucket;
  const byte = group.charCodeAt(0);
  const home = homes.get(group) ?? node.name;
  const isStraight = ownerOf(node.table, bucket) === home;
  const others = names.filter((name) => name !== node.name && name !== home);
  const owner = isStraight && others.length > 0 ? world.chance.pick(others) : home;
  const rest = node.table.filter(({ from }) => from !== byte);
  putTable(history, node, [...rest, { from: byte, to: byte, node: owner }]);
}

function putTable(history: History, node: SimulatedNode, table: RoutingTable): void {
  history.note(`give ${node.name} the table ${formatRoutingText(table)}`);
  node.putTable(table);
}

function start(history: History, node: SimulatedNode): void {
  if (history.tables === "put" && node.hasServed && history.world.chance.percent(20)) {
    node.configured = history.drawTable(node.name);
    history.note(`configure ${node.name} with ${formatRoutingText(node.configured)}`);
  }
  history.note(`start ${node.name}`);
  node.start();
}

function drawTrouble({ world: { chance } }: History): Trouble {
  let left = chance.below(Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0));
  for (const [name, weight] of Object.entries(WEIGHTS)) {
    left -= weight;
    if (left < 0 && isTrouble(name)) return name;
  }
  return "heal";
}

function isTrouble(name: string): name is Trouble {
  return name in WEIGHTS;
}
