import { type EntryRef, KeyIndex } from "../key-index/key-index.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";
import type { DeadPlaces } from "./compaction/dead-places.ts";
import { ENTRY_OVERHEAD_BYTES } from "./format/field.ts";
import type { StoreId } from "./format/store-id.ts";

/** What is told of changes of the index; not yet there while the log is read, for that needs the index. */
export interface IndexListeners {
  cache?: ValueCache;
  dead?: DeadPlaces;
}

/** Beside the reading of a longer value a look-up is nothing, so no memory is spent to save that. */
const NOTED_VALUE_LIMIT_BYTES = 4096;

/**
 * The index of a log store. Keys that go leave the cache before another one can be taken for them, and where
 * the value of a key was is noted as dead.
 */
export function makeLogIndex(seed: StoreId, listeners: IndexListeners): KeyIndex {
  const noteDead = (entry: EntryRef): void => {
    const { dead } = listeners;
    if (dead === undefined || index.valueBytes(entry) > NOTED_VALUE_LIMIT_BYTES) return;
    dead.note(index.segment(entry), index.offset(entry));
  };
  const index: KeyIndex = new KeyIndex({
    seed,
    entryOverheadBytes: ENTRY_OVERHEAD_BYTES,
    onOverwrite: noteDead,
    onRemove: (entry) => {
      listeners.cache?.remove(entry);
      noteDead(entry);
    },
  });
  return index;
}
