import type { Store } from "@kv/storage";
import { auditLedgers, type WritersAudit } from "./audit-ledgers.ts";
import { WriterCrew } from "./writer-crew.ts";

/** A crew of writers through each of several stores, which share buckets. They write until they are stopped, or disposed of before their stores are. */
export class CompetingWriters implements AsyncDisposable {
  readonly #stores: readonly Store[];
  readonly #crews: readonly WriterCrew[];

  /** `buckets` is how the names of theirs begin: those of others that wrote before are no concern of theirs. */
  constructor(stores: readonly Store[], buckets = "bucket") {
    this.#stores = stores;
    this.#crews = stores.map(
      (store, place) => new WriterCrew({ store, name: String(place), buckets }),
    );
  }

  /** Makes the buckets, and has everybody begin. */
  async start(): Promise<void> {
    for (const crew of this.#crews) await crew.start();
  }

  /** How many writes were acknowledged so far, of each kind and bucket: grows for as long as all of them go on. */
  progress(): readonly number[] {
    return this.#crews.flatMap((crew) => crew.progress());
  }

  /** Stops them, and compares. */
  async audit(): Promise<WritersAudit> {
    const ledgers = await Promise.all(this.#crews.map((crew) => crew.stop()));
    const [store] = this.#stores;
    if (store === undefined) throw new Error("there is no store");
    return await auditLedgers(store, ledgers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#crews.map((crew) => crew.stop()));
  }
}
