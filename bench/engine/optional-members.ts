import type { Store } from "@kv/storage";

/** What the bench asks of an engine beyond storing, where the engine has it. */
export interface OptionalMembers {
  /** Compacts all it can; resolves when that is done. */
  readonly compact?: (() => Promise<unknown>) | undefined;
  statistics?(): EngineStatistics;
}

/** What the bench looks at of an engine's own figures. */
export interface EngineStatistics {
  /** Reads since the store was opened that found their value in memory, and that did not. */
  readonly cache?: { readonly hits: number; readonly misses: number } | undefined;
}

/** `store`, with what it may have beyond the contract. */
export function withOptionalMembers(store: Store): Store & OptionalMembers {
  return store;
}
