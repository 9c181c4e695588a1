import { auditLedgers, type WritersAudit } from "./audit-ledgers.ts";
import { NodeDoor } from "./node-door.ts";
import { WriterCrew } from "./writer-crew.ts";

/** A crew of writers through each of several KV nodes, which share buckets. They write until they are stopped, or disposed of before their nodes are. */
export class CompetingWriters implements AsyncDisposable {
  readonly #doors: readonly NodeDoor[];
  readonly #crews: readonly WriterCrew[];

  /** Through the nodes that speak RESP at `ports`. `buckets` is how the names of theirs begin: those of others that wrote before are no concern of theirs. */
  constructor(ports: readonly number[], buckets = "bucket") {
    this.#doors = ports.map((port) => new NodeDoor(port));
    this.#crews = this.#doors.map(
      (door, place) => new WriterCrew({ door, name: String(place), buckets }),
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
    const [door] = this.#doors;
    if (door === undefined) throw new Error("there is no node");
    return await auditLedgers(door, ledgers);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#crews.map((crew) => crew.stop()));
    for (const door of this.#doors) await door[Symbol.asyncDispose]();
  }
}
