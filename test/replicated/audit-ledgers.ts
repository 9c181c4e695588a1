import { numberIn } from "./writer-crew.ts";
import type { CellRead, WriterDoor } from "./writer-door.ts";
import type { Cell, WriterLedger } from "./writer-ledger.ts";

/** What is there in the end, against what was acknowledged. */
export interface WritersAudit {
  readonly inserted: number;
  readonly overwritten: number;
  readonly counted: number;
  /** Without an acknowledgement: how often nothing was written or read, and how often nobody knows. */
  readonly refused: Readonly<Record<string, number>>;
  /** The longest time in which one that overwrites was acknowledged nothing: of each crew, in milliseconds. */
  readonly pausesMs: readonly number[];
  /** Acknowledged inserts that are not there, and acknowledged counts that are missing. */
  readonly lost: number;
  /** How often a key was found older than the last value acknowledged, by its writer or in the end. */
  readonly reverted: number;
  /** Everything that does not agree with what was acknowledged, one sentence each. */
  readonly flaws: readonly string[];
}

const READS_AT_ONCE = 200;

/** Compares what all crews were told with what there is behind `door` now. */
export async function auditLedgers(
  door: WriterDoor,
  ledgers: readonly WriterLedger[],
): Promise<WritersAudit> {
  const inserted = ledgers.flatMap((ledger) => ledger.inserted);
  const overwritten = ledgers.flatMap((ledger) => ledger.overwritten);
  const counted = sumByCell(ledgers.flatMap((ledger) => ledger.counted));
  const flaws: string[] = [];
  let [lost, reverted] = [0, 0];
  await eachOf(inserted, async (cell) => {
    const { type } = await readCell(door, cell);
    if (type === "found") return;
    lost += 1;
    flaws.push(`${nameOf(cell)} was inserted: ${type}`);
  });
  await eachOf(overwritten, async (cell) => {
    const value = numberIn(await readCell(door, cell));
    reverted += cell.reverted;
    if (cell.reverted > 0) flaws.push(`${nameOf(cell)} was read ${cell.reverted} times too old`);
    if (value >= cell.done && value <= cell.tried) return;
    reverted += value < cell.done ? 1 : 0;
    flaws.push(`${nameOf(cell)} is ${value}, acknowledged ${cell.done}, tried ${cell.tried}`);
  });
  await eachOf(counted, async (cell) => {
    const { done, unknown } = cell;
    const value = numberIn(await readCell(door, cell));
    if (value >= done && value <= done + unknown) return;
    lost += Math.max(0, done - value);
    flaws.push(`${nameOf(cell)} counts ${value}, acknowledged ${done}, unknown ${unknown}`);
  });
  return {
    inserted: inserted.length,
    overwritten: overwritten.reduce((sum, { done }) => sum + done, 0),
    counted: counted.reduce((sum, { done }) => sum + done, 0),
    refused: sumByKind(ledgers.map((ledger) => ledger.refused)),
    pausesMs: ledgers.map(({ pauseMs }) => Math.round(pauseMs)),
    lost,
    reverted,
    flaws,
  };
}

/** One line for a person. */
export function auditText(audit: WritersAudit): string {
  const { inserted, overwritten, counted, lost, reverted, pausesMs } = audit;
  const refused = Object.entries(audit.refused).map(([kind, count]) => `${count} ${kind}`);
  return [
    `${inserted + overwritten + counted} acknowledged (${inserted} inserted, ${overwritten} overwritten, ${counted} counted)`,
    `${lost} lost, ${reverted} reverted`,
    refused.length === 0 ? "none refused" : refused.join(", "),
    `paused ${pausesMs.join(" and ")} ms`,
  ].join("; ");
}

function sumByCell(
  cells: readonly WriterLedger["counted"][number][],
): readonly WriterLedger["counted"][number][] {
  const groups = Map.groupBy(cells, ({ bucket, key }) => `${bucket} ${key}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const done = group.reduce((sum, cell) => sum + cell.done, 0);
    const unknown = group.reduce((sum, cell) => sum + cell.unknown, 0);
    return [{ ...first, done, unknown }];
  });
}

/** What is in a cell; rejects when nobody says. */
async function readCell(door: WriterDoor, cell: Cell): Promise<CellRead> {
  const found = await door.read(cell);
  if (found.type === "refused") throw new Error(`Cannot read ${nameOf(cell)} for the audit`);
  return found;
}

function sumByKind(
  all: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [kind, count] of all.flatMap((one) => Object.entries(one))) {
    sums.set(kind, (sums.get(kind) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

async function eachOf<Item>(
  items: readonly Item[],
  look: (item: Item) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += READS_AT_ONCE) {
    await Promise.all(items.slice(start, start + READS_AT_ONCE).map(look));
  }
}

function nameOf({ bucket, key }: Cell): string {
  return `${key} of ${bucket}`;
}
