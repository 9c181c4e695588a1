import type { Kv } from "@kv/kv";

/** What the engine tells of itself; nothing where the buckets are not those of a node, or its store is not open. */
export function storeFigures(kv: Kv): Readonly<Record<string, unknown>> {
  return isTelling(kv) ? (kv.statistics() ?? {}) : {};
}

interface Telling {
  readonly statistics: () => Readonly<Record<string, unknown>> | undefined;
}

function isTelling(kv: Kv): kv is Kv & Telling {
  return "statistics" in kv && typeof kv.statistics === "function";
}
