import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import { holds } from "./answered.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Departure } from "./departure.ts";
import type { Notes } from "./notes.ts";
import type { Place } from "./placement.ts";
import { type PlacementRecords, recordKey } from "./records.ts";
import { nameKey } from "./system-bucket.ts";

/** What a node's word rests on, and what it is kept with. */
export interface AskedOptions {
  readonly records: () => Pick<PlacementRecords, "arriving" | "moved">;
  readonly departing: ReadonlyMap<string, Departure>;
  readonly arrivals: Pick<Arrivals, "discard">;
  readonly notes: Notes;
  readonly forgetMove: (name: string) => void;
  /** Who serves what may be another one from now on. */
  readonly onChange: () => void;
}

/** What this node says of a bucket when the one asks that has it by a newer table, and what it remembers of having said so. */
export class AskedByNewOwners {
  readonly #options: AskedOptions;

  constructor(options: AskedOptions) {
    this.#options = options;
  }

  /** Where `bucket` is by what lies here; `undefined` when it is not here. No table is looked into. */
  find(bucket: BucketName, asker: NodeName, store: Store): Place | undefined {
    const { records, departing, arrivals } = this.#options;
    const name = nameKey(bucket);
    const arriving = records().arriving.get(name);
    if (arriving !== undefined) {
      if (arriving.from !== asker) return { type: "node", node: arriving.from };
      arrivals.discard(bucket, store);
    }
    const moved = records().moved.get(name);
    if (moved !== undefined) {
      const { to: node, moveId, isConfirmed } = moved;
      // One to whom it was given, and who looks for it, does not have it any more.
      if (node === asker) return undefined;
      return { type: "node", node, ...(isConfirmed ? {} : { activates: moveId }) };
    }
    const departure = departing.get(name);
    if (departure !== undefined) return { type: "departing", departure };
    return holds(store, bucket) ? { type: "own" } : undefined;
  }

  /**
   * Gives a bucket that is not here to `asker`, which is about to make it: whatever comes here for it later is sent there. Resolves when
   * that is durable.
   */
  async giveUnmade(bucket: BucketName, asker: NodeName): Promise<void> {
    const { records, notes, onChange } = this.#options;
    const name = nameKey(bucket);
    if (records().moved.get(name)?.to === asker) return notes.durable;
    const record = { to: asker, moveId: UNMADE, planId: UNMADE, isConfirmed: true };
    records().moved.set(name, record);
    onChange();
    await notes.write(recordKey.moved(name), record);
  }

  /** This node, which has looked for the bucket elsewhere until now, serves it from now on. */
  claimed(bucket: BucketName): void {
    const { records, forgetMove, onChange } = this.#options;
    const name = nameKey(bucket);
    if (records().moved.has(name)) forgetMove(name);
    onChange();
  }
}

/** In the place of a move's and a plan's name: there was none. */
const UNMADE = "unmade";
