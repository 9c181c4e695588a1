import { StorageError } from "../../../errors.ts";
import type { Parameter, Reply } from "../cluster.ts";
import { LinkLostError, RefusedError } from "../connection/link.ts";
import type { LinkPool } from "../connection/link-pool.ts";
import { pauseMs, type Timing } from "../timing.ts";
import { reasonFor, type Slots } from "../writes/write-lanes.ts";
import { TooLateError, within } from "./within.ts";

/** Asks one server, by sending it a command, or another one when it refuses the first. */
export type Question = (send: Send) => Promise<Reply>;

/** Sends a command where a question is put to. */
export type Send = (command: readonly Parameter[]) => Promise<Reply>;

/** How reads are made. */
export interface ReaderOptions {
  readonly deadlineMs: number;
  readonly timing: Timing;
  /** Connections that replicas answer reads on; `undefined` where only primaries may be asked. */
  readonly staleReads: LinkPool | undefined;
}

/** Where a read is to go next. */
interface Aim {
  /** Where its slot said that its key is for now. */
  readonly asked: string | undefined;
  /** Why the last attempt did not do. */
  readonly reason: string;
  readonly redirects: number;
}

const NO_ANSWER = "no answer";

/** Where old data will do: how long a server may say nothing before the next one is asked. One in health does not stand still for so long. */
export const STALE_AFTER_MS = 1000;

/** Asks the primary that has a key, wherever it goes meanwhile; a read may be asked as often as needed. */
export class Reader {
  readonly #slots: Slots;
  readonly #links: LinkPool;
  readonly #options: ReaderOptions;

  constructor(slots: Slots, links: LinkPool, options: ReaderOptions) {
    this.#slots = slots;
    this.#links = links;
    this.#options = options;
  }

  /** Rejects with `STORAGE_UNAVAILABLE` once the time is over since `startMs`. */
  async read(slot: number, question: Question, startMs: number): Promise<Reply> {
    const { timing, deadlineMs } = this.#options;
    const endMs = startMs + deadlineMs;
    let aim: Aim = { asked: undefined, reason: NO_ANSWER, redirects: 0 };
    for (;;) {
      const leftMs = endMs - timing.nowMs();
      if (leftMs <= 0) {
        throw new StorageError("STORAGE_UNAVAILABLE", {
          reason: `${aim.reason}, for ${deadlineMs} ms`,
        });
      }
      try {
        return await within(this.#patienceMs(leftMs), this.#attempt(slot, aim.asked, question));
      } catch (error) {
        aim = this.#next(slot, aim, error);
      }
      const stale = await this.#askReplicas(slot, aim, { question, endMs });
      if (stale !== undefined) return stale;
      if (aim.redirects !== 1) await this.#pause(endMs);
    }
  }

  /** A primary that stands still closes no connection; only where a replica may answer is there anybody else to ask. */
  #patienceMs(leftMs: number): number {
    return this.#options.staleReads === undefined ? leftMs : Math.min(leftMs, STALE_AFTER_MS);
  }

  async #attempt(slot: number, asked: string | undefined, question: Question): Promise<Reply> {
    const address = asked ?? this.#slots.topology.ownerOf(slot)?.address;
    if (address === undefined) {
      throw new LinkLostError(reasonFor(slot, this.#slots));
    }
    const link = this.#links.existing(address) ?? (await this.#links.connect(address));
    return await question((command) => {
      if (asked !== undefined) link.send(["ASKING"]).catch(() => undefined);
      return link.send(command);
    });
  }

  /** What follows from a failed attempt; rejects where another one would not help. */
  #next(slot: number, aim: Aim, error: unknown): Aim {
    if (error instanceof RefusedError) {
      const { refusal } = error;
      if (refusal.type === "moved" || refusal.type === "ask") {
        if (refusal.type === "moved") this.#slots.topology.moved(slot, refusal.address);
        this.#slots.doubt();
        const redirects = aim.redirects + 1;
        const asked = refusal.type === "ask" ? refusal.address : undefined;
        return { asked, redirects, reason: `it was sent on ${redirects} times in a row` };
      }
      if (refusal.type !== "later") {
        throw new StorageError("STORAGE_UNAVAILABLE", { reason: error.message });
      }
    } else if (!(error instanceof LinkLostError || error instanceof TooLateError)) throw error;
    this.#slots.doubt();
    // The last attempt is cut short by the deadline: why the others failed says more.
    const isCut = error instanceof TooLateError && aim.reason !== NO_ANSWER;
    return { asked: undefined, redirects: 0, reason: isCut ? aim.reason : error.message };
  }

  /** What a replica answers, where that is allowed and the primary does not answer. */
  async #askReplicas(
    slot: number,
    aim: Aim,
    { question, endMs }: { readonly question: Question; readonly endMs: number },
  ): Promise<Reply | undefined> {
    const { staleReads, timing } = this.#options;
    if (staleReads === undefined || aim.redirects > 0) return undefined;
    for (const { address } of this.#slots.topology.replicasOf(slot)) {
      try {
        const limitMs = this.#patienceMs(Math.max(0, endMs - timing.nowMs()));
        const link = await within(limitMs, staleReads.connect(address));
        return await within(
          limitMs,
          question((command) => link.send(command)),
        );
      } catch (error) {
        const isExpected =
          error instanceof RefusedError ||
          error instanceof LinkLostError ||
          error instanceof TooLateError;
        if (!isExpected) throw error;
      }
    }
    return undefined;
  }

  async #pause(endMs: number): Promise<void> {
    const { timing } = this.#options;
    const lastsMs = Math.min(pauseMs(timing), Math.max(0, endMs - timing.nowMs()));
    await new Promise((resolve) => {
      setTimeout(resolve, lastsMs);
    });
  }
}
