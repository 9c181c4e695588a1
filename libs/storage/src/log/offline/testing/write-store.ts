import type { Store } from "../../../store.ts";
import { type LogStoreOptions, openLogStore, type SyncMode } from "../../open-log-store.ts";
import { type Content, SimulatedMachine } from "../../simulation/simulated-machine.ts";

/** The directory of every store that {@link writeStore} writes. */
export const DIRECTORY = "/data/store";

/** How {@link writeStore} leaves its store. */
export interface WrittenStoreOptions {
  /** Whether it has seen half as much as others; false by default. */
  readonly isSmall?: boolean;
  /** Whether it is closed properly, and not killed; true by default. */
  readonly isClosed?: boolean;
  /** Whether the oldest segments are compacted; false by default. */
  readonly isCompacted?: boolean;
  /** Whether it is closed with a snapshot of the index; false by default. */
  readonly hasSnapshot?: boolean;
  /** Whether it goes on after the snapshot and is killed then. */
  readonly goesOn?: boolean;
  /** `always` by default. */
  readonly sync?: SyncMode;
}

const text = (string: string): Uint8Array => new TextEncoder().encode(string);

/**
 * The files of a store in small segments that has seen every kind of change, in dozens of groups: overwritten,
 * deleted and expiring keys, a bucket that expires, one that was dropped and made again, an empty one, names
 * and keys that are no text.
 */
export async function writeStore(options: WrittenStoreOptions = {}): Promise<Content> {
  const {
    isClosed = true,
    isCompacted = false,
    hasSnapshot = false,
    goesOn = false,
    sync = "always",
  } = options;
  const machine = new SimulatedMachine();
  const { isSmall = false } = options;
  const settings = { snapshotEveryRecords: hasSnapshot ? 1 : 1e9, sync };
  const store = await open(machine, settings);
  await change(store, 0);
  if (!isSmall) await change(store, 1);
  if (isCompacted) await store.compact?.();
  if (!isClosed) return killed(machine, store);
  await store[Symbol.asyncDispose]();
  if (!goesOn) return machine.content(DIRECTORY);
  const again = await open(machine, { snapshotEveryRecords: 1e9, sync });
  await change(again, 2);
  return killed(machine, again);
}

/** What a kill leaves; the store itself is closed then, as nobody has to see. */
async function killed(machine: SimulatedMachine, store: Store): Promise<Content> {
  const content = machine.afterKill().content(DIRECTORY);
  await store[Symbol.asyncDispose]();
  return content;
}

function open(files: SimulatedMachine, options: Partial<LogStoreOptions>): Promise<Store> {
  return openLogStore({
    directory: DIRECTORY,
    clock: () => 1000,
    files,
    segmentLimitBytes: 600,
    deadShareLimit: 1,
    cacheLimitBytes: 0,
    drawBytes: (count) => new Uint8Array(count).fill(7),
    ...options,
  });
}

async function change(store: Store, round: number): Promise<void> {
  const bytes = Uint8Array.of(0xff, round);
  const value = (what: string): Uint8Array => text(`${what} in round ${round}`);
  await done(await store.createBucket(text("plain")));
  await done(
    await store.put(text("plain"), [
      { key: text("one"), value: value("one") },
      { key: text("two"), value: value("two"), expiresAtMs: 5000 + round },
    ]),
  );
  await done(await store.createBucket(text("dropped")));
  await done(await store.put(text("dropped"), [{ key: text("gone"), value: value("gone") }]));
  await done(await store.put(text("plain"), [{ key: text(`kept ${round}`), value: value("x") }]));
  await done(await store.put(text("plain"), [{ key: text(`away ${round}`), value: value("y") }]));
  await done(await store.delete(text("plain"), [text(`away ${round}`)]));
  await done(await store.dropBucket(text("dropped")));
  await done(await store.createBucket(text("dropped")));
  await done(await store.put(text("dropped"), [{ key: text("back"), value: value("back") }]));
  await done(await store.createBucket(bytes));
  await done(await store.put(bytes, [{ key: bytes, value: new Uint8Array(40).fill(round) }]));
  await done(await store.createBucket(text(`empty ${round}`)));
  await done(await store.expire(text("plain"), text("one"), 9000 + round));
  await done(await store.expire(bytes, undefined, 7000));
  await done(await store.put(text("plain"), [{ key: new Uint8Array(), value: new Uint8Array() }]));
}

async function done(answer: { readonly durable: Promise<void> | undefined }): Promise<void> {
  await answer.durable;
}
