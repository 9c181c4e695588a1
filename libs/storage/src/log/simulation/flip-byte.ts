import assert from "node:assert/strict";
import { isStorageError } from "../../errors.ts";
import type { Store } from "../../store.ts";
import { openLogStore } from "../open-log-store.ts";
import { expectFound, expectSound } from "./examine.ts";
import { count, drawSettings, type History, HOME } from "./life.ts";
import { type Observed, observeStore } from "./observe-store.ts";
import { SimulatedMachine } from "./simulated-machine.ts";
import { eagerScheduler } from "./simulated-scheduler.ts";

/** Refusals that name the damage. */
const REFUSALS = ["STORAGE_DAMAGED", "STORAGE_FORMAT"] as const;

/** A store with one byte that is not what was written. */
interface Victim {
  /** The file that it is in. */
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly isSealed: boolean;
}

/**
 * Changes one byte of a store that nobody has open, and opens it: it is refused, or it is all there, or
 * what cannot be read is refused alone. Of a log that was not sealed the end may be cut off, loudly.
 */
export async function flipByte(history: History, found: SimulatedMachine): Promise<void> {
  const { timeline, counts, clock, events } = history;
  const before = await expectSound(history, found);
  const victim = harm(history, found);
  if (victim === undefined) return;
  await expectFound(victim.machine, victim.name, before);
  const seen = events.length;
  const store = await tryToOpen(history, victim);
  if (store === undefined) return count(counts, "flip: refused");
  const observed = await observeStore(store);
  const damaged = damagedIn(observed);
  const wasCut = events.slice(seen).some(({ type }) => type === "tail-cut");
  const range = rangeOf(history, victim, wasCut);
  const nowMs = clock.nowMs;
  const moment = timeline.find(observed, { ...range, nowMs });
  assert.ok(
    moment !== undefined,
    `the state is none of the moments ${range.from} to ${range.to}, but ${timeline.find(observed, { from: 0, to: timeline.latest, nowMs })}`,
  );
  count(counts, tellFlip(wasCut, damaged));
  const isStopped = await compactAll(store);
  count(counts, isStopped ? "flip: compaction stopped" : "flip: compaction went well");
  const after = await observeStore(store);
  assert.ok(damagedIn(after) <= damaged, "a value is damaged that was not");
  assert.equal(timeline.find(after, { from: moment, to: moment, nowMs }), moment);
  await store[Symbol.asyncDispose]();
  const again = await tryToOpen(history, victim);
  if (again === undefined) return count(counts, "flip: refused later");
  const last = await observeStore(again);
  assert.equal(timeline.find(last, { from: moment, to: moment, nowMs }), moment);
  return again[Symbol.asyncDispose]();
}

function harm({ dice, note }: History, found: SimulatedMachine): Victim | undefined {
  const content = new Map(
    [...found.content(HOME)].map(([name, bytes]) => [name, Uint8Array.from(bytes)] as const),
  );
  const files = [...content].filter(([, bytes]) => bytes.length > 0);
  if (files.length === 0) return undefined;
  const [name, bytes] = dice.pick(files);
  const at = dice.below(bytes.length);
  const mask = dice.chance(50) ? 2 ** dice.below(8) : dice.between(1, 255);
  bytes[at] = (bytes[at] ?? 0) ^ mask;
  note(
    `flip ${mask} in byte ${at} of the ${bytes.length} of ${name}, one of ${[...content.keys()].join(" ")}`,
  );
  const machine = SimulatedMachine.holding(HOME, content);
  return { name, machine, isSealed: content.has("SEAL") };
}

/** `undefined` when it is refused as damaged. */
async function tryToOpen(
  { dice, clock, note }: History,
  { machine }: Victim,
): Promise<Store | undefined> {
  const { nowMs } = clock;
  // Compaction is asked for below.
  const settings = { ...drawSettings(dice), deadShareLimit: 1 };
  const options = { ...settings, directory: HOME, files: machine, clock: () => nowMs };
  try {
    return await openLogStore({ ...options, scheduler: eagerScheduler });
  } catch (error) {
    assert.ok(
      REFUSALS.some((code) => isStorageError(error, code)),
      String(error),
    );
    note(String(error));
    return undefined;
  }
}

/** What the store may have been taken back to. */
function rangeOf(
  { timeline }: History,
  { isSealed }: Victim,
  wasCut: boolean,
): { readonly from: number; readonly to: number } {
  assert.ok(!isSealed || !wasCut, "something was cut off a sealed log");
  const to = timeline.latestPossible;
  if (isSealed) return { from: to, to };
  return { from: wasCut ? timeline.provenFloor : timeline.killFloor, to };
}

function damagedIn(observed: Observed): number {
  const keys = observed.values().flatMap((bucket) => bucket.keys.values());
  const damaged = keys.filter(({ value }) => value === undefined).toArray().length;
  assert.ok(damaged <= 1, `${damaged} values are damaged by one byte`);
  return damaged;
}

function tellFlip(wasCut: boolean, damaged: number): string {
  if (wasCut) return "flip: tail cut";
  return damaged > 0 ? "flip: value refused" : "flip: all there";
}

/** Whether damage has stopped it. */
async function compactAll(store: Store): Promise<boolean> {
  const [result] = await Promise.allSettled([store.compact?.()]);
  if (result.status === "fulfilled") return false;
  assert.ok(isStorageError(result.reason, "STORAGE_COMPACTION_STOPPED"), String(result.reason));
  assert.equal(store.statistics().compaction?.state, "stopped");
  return true;
}
