import { setImmediate } from "node:timers/promises";
import type { Store } from "../../store.ts";
import { type LogStoreOptions, openLogStore } from "../open-log-store.ts";
import { ManualScheduler } from "./manual-scheduler.ts";
import { dump } from "./perform.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** The bucket that {@link writeGroups} puts to. */
export const BUCKET = new TextEncoder().encode("bucket");
/** The key that {@link writeGroups} puts to. */
export const KEY = new TextEncoder().encode("key");

/** A store on a simulated disk whose turns the test ends. */
export interface HeldStore {
  readonly store: Store;
  readonly scheduler: ManualScheduler;
}

/** Opens the store in `/kv` of `disk` at time 0. */
export async function openHeld(
  disk: SimulatedDisk,
  options: Partial<LogStoreOptions> = {},
): Promise<HeldStore> {
  const scheduler = new ManualScheduler();
  const defaults = { directory: "/kv", clock: () => 0, files: disk, scheduler };
  return { store: await openLogStore({ ...defaults, ...options }), scheduler };
}

/**
 * Puts `count` values to one key, each in a group of its own, the first one with the bucket.
 * Returns the state before the first and after each.
 */
export async function writeGroups(
  { store, scheduler }: HeldStore,
  count: number,
): Promise<readonly string[]> {
  const states = [await dump(store)];
  for (let round = 1; round <= count; round++) {
    await store.createBucket(BUCKET);
    await store.put(BUCKET, [{ key: KEY, value: new TextEncoder().encode(`value ${round}`) }]);
    await endTurn(scheduler);
    states.push(await dump(store));
  }
  return states;
}

/** Ends the turn and lets the disk do what it is not kept from. */
export async function endTurn(scheduler: ManualScheduler): Promise<void> {
  scheduler.endTurn();
  await setImmediate();
}

/** Opens what is on `disk` and tells the state; fails as opening fails. */
export async function stateOn(disk: SimulatedDisk): Promise<string> {
  const { store } = await openHeld(disk);
  return dump(store);
}
