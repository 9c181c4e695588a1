import assert from "node:assert/strict";
import { isStorageError, StorageError, type StorageErrorCode } from "../../errors.ts";
import type { BackupResult } from "../../maintenance.ts";
import { openLogStore } from "../open-log-store.ts";
import { count, type History, type Life } from "./life.ts";
import { observeStore } from "./observe-store.ts";
import { type Content, SimulatedMachine } from "./simulated-machine.ts";
import { eagerScheduler } from "./simulated-scheduler.ts";

/** What a compaction that the disk has failed rejects with. */
const COMPACTION_CODES: readonly StorageErrorCode[] = [
  "STORAGE_COMPACTION_STOPPED",
  "STORAGE_WRITE_UNKNOWN",
  "STORAGE_READ_ONLY",
];

/** Asks for a compaction. */
export function compact(life: Life, signal: AbortSignal): void {
  const { store, promises, history } = life;
  assert.ok(store.compact !== undefined);
  promises.follow("compact", store.compact({ signal }), {
    onValue: ({ beforeBytes, afterBytes }) => {
      assert.ok(beforeBytes > 0 && afterBytes > 0);
      count(history.counts, "compactions asked for");
    },
    onError: (error) => expectFailure(life, error, { signal, codes: COMPACTION_CODES }),
  });
}

/** Asks for a backup; the copy has to be the store as it was at a moment between call and return. */
export function backUp(life: Life, directory: string, signal: AbortSignal): void {
  const { store, promises, history } = life;
  const { timeline } = history;
  const from = timeline.latest;
  assert.ok(store.backup !== undefined);
  life.backups.set(directory, from);
  promises.follow("backup", store.backup(directory, { signal }), {
    onValue: async (result) => {
      life.backups.delete(directory);
      const range = { from, to: timeline.latest };
      await judgeCopy(history, life.machine.content(directory), { ...range, result });
      count(history.counts, "backups");
    },
    onError: async (error) => {
      life.backups.delete(directory);
      expectFailure(life, error, { signal, codes: ["STORAGE_BACKUP_FAILED", ...COMPACTION_CODES] });
      if (!life.machine.has(directory)) return;
      // Its name was there already when the disk failed to say that it lasts.
      await judgeCopy(history, life.machine.content(directory), { from, to: timeline.latest });
    },
  });
}

/** Fails unless a store opens from `content` that is one of the moments from `from` to `to`. */
export async function judgeCopy(
  { timeline }: History,
  content: Content,
  { from, to, result }: { from: number; to: number; result?: BackupResult },
): Promise<void> {
  const nowMs = timeline.latestMs;
  const machine = SimulatedMachine.holding("/copy", content);
  const options = {
    directory: "/copy",
    cacheLimitBytes: 0,
    files: machine,
    scheduler: eagerScheduler,
    clock: () => nowMs,
  };
  await using copy = await openLogStore(options);
  const observed = await observeStore(copy);
  const found = timeline.find(observed, { from, to, nowMs });
  assert.ok(found !== undefined, `the copy is none of the moments ${from} to ${to}`);
  if (result === undefined) return;
  assert.ok(
    result.keys >= (copy.statistics().keys ?? 0),
    "the backup counts fewer keys than there are",
  );
  const promised = timeline.lastBefore(result.lastRevision);
  const at = timeline.find(observed, { from: promised, to: promised, nowMs });
  assert.equal(at, promised, `the copy is not what revision ${result.lastRevision} left`);
}

/** Only what a disk that fails, the caller or the end of the store gives reason for. */
function expectFailure(
  { machine, history, isClosing }: Life,
  error: unknown,
  { signal, codes }: { readonly signal: AbortSignal; readonly codes: readonly StorageErrorCode[] },
): void {
  const isGivenUp =
    isStorageError(error, "STORAGE_NOT_OPEN") ||
    (error instanceof DOMException && error.name === "AbortError");
  if (isClosing && isGivenUp) return count(history.counts, "given up by closing");
  if (signal.aborted && error === signal.reason) return count(history.counts, "given up");
  assert.ok(error instanceof StorageError, String(error instanceof Error ? error.stack : error));
  assert.ok(codes.includes(error.code), error.message);
  const hasFailed = machine.writeFaults + machine.readFaults > 0;
  assert.ok(hasFailed, `nothing was wrong with the disk: ${error.message}`);
  count(history.counts, error.code);
}
