import type { OpenCluster } from "../../libs/storage/src/redis-cluster/cluster/open-cluster.ts";
import { keySlot } from "../../libs/storage/src/redis-cluster/cluster/topology/key-slot.ts";
import { setScript } from "../../libs/storage/src/redis-cluster/testing/hash-scripts.ts";

/** What became of everything that was written during a fault. */
export interface Audit {
  readonly acknowledged: number;
  /** By code, writes without an acknowledgement. */
  readonly refused: ReadonlyMap<string, number>;
  /** Keys whose value is older than the last one acknowledged, or that are gone. */
  readonly lost: readonly string[];
  /** Reads that did not see the write before them, by the same writer. */
  readonly staleReads: number;
  /** Milliseconds: the longest time between two acknowledgements, over the writers with keys in these slots, and over the others. */
  readonly pauseMs: number;
  readonly pauseElsewhereMs: number;
}

/** Which slots the fault is about, both included. */
export interface Affected {
  readonly first: number;
  readonly last: number;
}

const WRITERS = 48;
const READ_EVERY = 7;

/** Writers that go on until they are told to stop, each counting up in a key of its own, with one request at a time. */
export class AuditedWriters implements AsyncDisposable {
  readonly #cluster: OpenCluster;
  readonly #writers: readonly Writer[];
  #isStopped = false;
  #running: Promise<unknown>;
  #acknowledged = 0;
  readonly #refused = new Map<string, number>();
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  #staleReads = 0;

  constructor(cluster: OpenCluster) {
    this.#cluster = cluster;
    this.#writers = Array.from({ length: WRITERS }, (_, index) => ({
      key: Buffer.from(`b:writer-${index}`),
      acknowledged: 0,
      longestMs: 0,
    }));
    this.#running = Promise.all(
      this.#writers.map(async (writer) => {
        await this.#write(writer);
      }),
    );
  }

  /** Settles once so many writes more were acknowledged as there are now. */
  async more(count: number): Promise<void> {
    const goal = this.#acknowledged + count;
    await new Promise<void>((resolve) => {
      this.#waiting.push({ count: goal, resolve });
    });
  }

  /** Settles once every writer has been acknowledged something from now on. */
  async all(): Promise<void> {
    const before = this.#writers.map(({ acknowledged }) => acknowledged);
    while (this.#writers.some(({ acknowledged }, index) => acknowledged === before[index])) {
      await this.more(1);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  /** Stops them, and looks what is there. */
  async audit(affected: Affected): Promise<Audit> {
    this.#isStopped = true;
    await this.#running;
    const lost: string[] = [];
    const pauses = { here: 0, elsewhere: 0 };
    for (const { key, acknowledged, longestMs } of this.#writers) {
      const found = await this.#read(key);
      if (found < acknowledged) lost.push(`${key.toString()}: ${found} after ${acknowledged}`);
      const slot = keySlot(key);
      const where = slot >= affected.first && slot <= affected.last ? "here" : "elsewhere";
      pauses[where] = Math.max(pauses[where], longestMs);
    }
    return {
      acknowledged: this.#acknowledged,
      refused: this.#refused,
      lost,
      staleReads: this.#staleReads,
      pauseMs: Math.round(pauses.here),
      pauseElsewhereMs: Math.round(pauses.elsewhere),
    };
  }

  async #write(writer: Writer): Promise<void> {
    let lastMs = performance.now();
    for (let count = 1; !this.#isStopped; count += 1) {
      try {
        const parameters = ["k", String(count)];
        await this.#cluster.write(writer.key, setScript, { parameters, mayRepeat: false });
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        if (!code.startsWith("STORAGE_UN")) throw error;
        this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
        continue;
      }
      writer.acknowledged = count;
      writer.longestMs = Math.max(writer.longestMs, performance.now() - lastMs);
      lastMs = performance.now();
      this.#acknowledged += 1;
      for (const { count: goal, resolve } of this.#waiting) {
        if (goal <= this.#acknowledged) resolve();
      }
      if (count % READ_EVERY !== 0) continue;
      if ((await this.#read(writer.key)) !== count) this.#staleReads += 1;
    }
  }

  async #read(key: Buffer): Promise<number> {
    const reply = await this.#cluster.read(key, ["HGET", key, "k"]);
    return Buffer.isBuffer(reply) ? Number(reply.toString()) : 0;
  }
}

interface Writer {
  readonly key: Buffer;
  acknowledged: number;
  longestMs: number;
}

/** One line for a person. */
export function auditText(fault: string, audit: Audit): string {
  const refused = [...audit.refused].map(([code, count]) => `${count} ${code}`).join(", ");
  return `${fault}: ${audit.acknowledged} acknowledged, ${audit.lost.length} lost, ${refused || "none refused"}; paused ${audit.pauseMs} ms, elsewhere ${audit.pauseElsewhereMs} ms`;
}
