import { openLogStore, type SyncMode } from "../open-log-store.ts";
import type { StorageEvent } from "../../events.ts";
import type { Store } from "../../store.ts";
import type { RoomSizes } from "../log-room.ts";
import type { Dice } from "./dice.ts";
import type { Names } from "./draw-call.ts";
import { Promises } from "./promises.ts";
import type { SimulatedMachine } from "./simulated-machine.ts";
import { SimulatedScheduler } from "./simulated-scheduler.ts";
import type { Timeline } from "./timeline.ts";

/** Where the store of a history lies. */
export const HOME = "/kv";

/** How the store is opened in one life. */
export interface LifeSettings {
  readonly sync: SyncMode;
  readonly segmentLimitBytes: number;
  readonly cacheLimitBytes: number;
  readonly deadShareLimit: number;
  readonly snapshotEveryRecords: number;
  /** Whether a sync may be stood still for. */
  readonly standsStill: boolean;
  readonly logRoom: RoomSizes;
}

/** What stays the same from life to life. */
export interface History {
  readonly dice: Dice;
  readonly names: Names;
  readonly timeline: Timeline;
  /** What the machine's clock shows. */
  readonly clock: { nowMs: number };
  /** Writes down what is about to be done. */
  readonly note: (step: string) => void;
  readonly counts: Counts;
  /** All that stores have told since it began. */
  readonly events: readonly StorageEvent[];
}

/** How often something happened, by its name. */
export type Counts = Map<string, number>;

/** Counts something that happened. */
export function count(counts: Counts, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** One opening of the store, and all that the simulation knows of it. */
export interface Life {
  readonly history: History;
  readonly settings: LifeSettings;
  readonly machine: SimulatedMachine;
  readonly scheduler: SimulatedScheduler;
  readonly promises: Promises;
  readonly store: Store;
  /** Reads that had failed when last nothing was under way: later ones may still be heard of. */
  readonly atRest: { readFaults: number };
  /** How many events there were before it. */
  readonly eventsBefore: number;
  /** Where backups go that nobody has looked at, and the moment of the call. */
  readonly backups: Map<string, number>;
  /** Whether the store is being closed, which gives up what was asked for. */
  isClosing: boolean;
}

/** A life whose store is being opened. */
export type Birth = Omit<Life, "store"> & { readonly opening: Promise<Store> };

/** Draws how to open the store this time. */
export function drawSettings(dice: Dice): LifeSettings {
  return {
    sync: dice.weigh({ always: 3, everysec: 2, never: 1 }),
    segmentLimitBytes: dice.pick([200, 400, 800, 1500, 3000]),
    cacheLimitBytes: dice.pick([0, 0, 1024, 4096, 16_384]),
    deadShareLimit: dice.pick([0.2, 0.3, 0.4, 0.5, 0.6]),
    snapshotEveryRecords: dice.pick([1, 3, 8, 30]),
    standsStill: dice.pick([true, false]),
    logRoom: { afterBytes: dice.pick([0, 0, 150]), bytes: dice.pick([40, 150, 300]) },
  };
}

/** Begins to open the store on `machine`. */
export function beginLife(
  history: History,
  settings: LifeSettings,
  machine: SimulatedMachine,
): Birth {
  const scheduler = new SimulatedScheduler();
  const promises = new Promises();
  const { timeline, dice } = history;
  const clock = (): number => {
    const { nowMs } = history.clock;
    if (!promises.isOver) timeline.latestMs = Math.max(timeline.latestMs, nowMs);
    return nowMs;
  };
  const opening = openLogStore({
    ...settings,
    mayStandStill: () => settings.standsStill,
    directory: HOME,
    clock,
    files: machine,
    scheduler,
    drawBytes: dice.bytes,
  });
  // Whoever looks later hears of it all the same.
  opening.catch(() => {});
  const atRest = { readFaults: machine.readFaults };
  return {
    history,
    settings,
    machine,
    scheduler,
    promises,
    opening,
    atRest,
    eventsBefore: history.events.length,
    backups: new Map(),
    isClosing: false,
  };
}

/** Rounds in which nothing happens before nothing more is expected. */
const QUIET_ROUNDS = 2;

/** A backup is read back with pauses that are the event loop's own, of which a machine knows nothing. */
const QUIET_ROUNDS_OF_BACKUP = 100;

/** Lets everything happen that can. Resolves to whether nothing waits any more: no call of the disk, no turn, no pause. */
export async function letAllGo(life: Birth | Life, rounds: number): Promise<boolean> {
  const { machine, scheduler, promises, history, atRest, backups } = life;
  let quiet = 0;
  const isOver = (): boolean => quiet >= (backups.size > 0 ? QUIET_ROUNDS_OF_BACKUP : QUIET_ROUNDS);
  for (let round = 0; round < rounds && !isOver(); round++) {
    while (machine.waiting > 0) machine.letGo(history.dice.below);
    scheduler.endTurn();
    scheduler.endPause();
    await promises.settle();
    if (machine.waiting === 0) atRest.readFaults = machine.readFaults;
    quiet = machine.waiting + scheduler.waiting === 0 ? quiet + 1 : 0;
  }
  return isOver();
}
