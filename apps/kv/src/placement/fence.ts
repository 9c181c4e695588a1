import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import { emit } from "../events.ts";
import type { Notes } from "./notes.ts";
import { type PlacementRecords, recordKey } from "./records.ts";

/** What a fence is kept with. */
export interface FenceOptions {
  readonly self: NodeName;
  readonly records: () => Pick<PlacementRecords, "fenced" | "plan">;
  readonly notes: Notes;
  /** `undefined` while it is not open; `"none"` for a node that never has one. */
  readonly store: () => Pick<Store, "traits"> | "none" | undefined;
}

/** Keeps clients from writing to this node's store, while what it holds is taken elsewhere. It outlives the process. */
export class Fence {
  readonly #options: FenceOptions;

  constructor(options: FenceOptions) {
    this.#options = options;
  }

  /** Since when, in Unix milliseconds; `undefined` when it is not up. */
  get sinceMs(): number | undefined {
    return this.#options.records().fenced?.sinceMs;
  }

  /** Why it must not be put up now; `undefined` when it may. */
  get obstacle(): string | undefined {
    const store = this.#options.store();
    if (store !== undefined && store !== "none" && !store.traits.answersAtOnce) {
      return "its buckets lie in a cluster, which others write to as well";
    }
    const { plan } = this.#options.records();
    if (plan === undefined || plan.phase === "committed") return undefined;
    return "a change of the routing table is under way; `routing apply` finishes it";
  }

  /** From the call on no write is taken. Resolves when that is durable, and with it every write that came before. */
  async putUp(sinceMs: number): Promise<void> {
    const { records, notes } = this.#options;
    const kept = records();
    kept.fenced ??= { sinceMs };
    await notes.write(recordKey.fenced, kept.fenced);
  }

  /** Writes are taken again when this resolves. */
  async takeDown(): Promise<void> {
    const { records, notes } = this.#options;
    await notes.erase(recordKey.fenced);
    records().fenced = undefined;
  }

  /** To be called when the records were read: whoever starts a node that was left fenced ought to know. */
  announce(): void {
    const { sinceMs } = this;
    if (sinceMs === undefined) return;
    const since = new Date(sinceMs).toISOString();
    const message = `takes no writes: it is fenced since ${since}; \`fence off\` ends that`;
    emit({ level: "warn", type: "fenced", node: this.#options.self, message });
  }
}
