import { StorageError } from "../../../errors.ts";
import type { Parameter, Reply, SlotView } from "../cluster.ts";
import { type Link, LinkLostError, RefusedError } from "../connection/link.ts";
import type { LinkPool } from "../connection/link-pool.ts";
import { pauseMs } from "../timing.ts";
import { textOf } from "../connection/primary-link.ts";
import { type NodeLine, parseNodes, splitAddress } from "../topology/node-line.ts";
import { SLOT_COUNT } from "../topology/key-slot.ts";
import type { Slots } from "../writes/write-lanes.ts";
import type { ReaderOptions } from "./reader.ts";
import { TooLateError, within } from "./within.ts";

/** Asks primaries by their ids, for what is spread over all of them. */
export class PrimaryReader {
  readonly #slots: Slots;
  readonly #links: LinkPool;
  readonly #options: ReaderOptions;
  readonly #checks = new WeakMap<Link, Promise<boolean>>();

  constructor(slots: Slots, links: LinkPool, options: ReaderOptions) {
    this.#slots = slots;
    this.#links = links;
    this.#options = options;
  }

  /** Ids of all that have slots; rejects with `STORAGE_UNAVAILABLE` while any slot is nobody's: a list over them would be short. */
  async primaries(): Promise<readonly string[]> {
    return await this.#untilDeadline(async () => {
      const { topology } = this.#slots;
      const served = topology.servedSlots();
      if (served < SLOT_COUNT) {
        this.#slots.doubt();
        throw new LinkLostError(
          served === 0 ? this.#slots.absence : `${SLOT_COUNT - served} slots are nobody's`,
        );
      }
      return topology.primaries().map(({ id }) => id);
    });
  }

  /** Who has which slot, by what all primaries say now. */
  async slots(): Promise<SlotView> {
    return await this.#untilDeadline(async (leftMs) => {
      const known = this.#slots.topology;
      const views = await within(
        leftMs,
        Promise.all(known.primaries().map(async ({ address }) => await this.#viewOf(address))),
      );
      const topology = known.with(views);
      const asked = new Set(known.primaries().map(({ address }) => address));
      const isComplete = topology.primaries().every(({ address }) => asked.has(address));
      if (!isComplete || asked.size === 0) throw new LinkLostError("the cluster is changing");
      const moving = new Set(views.flat().flatMap((line) => line.moving));
      return { owners: topology.owners(), moving };
    });
  }

  /** What the primary answers; `undefined` when it is none any more, or has not the key that the command names. */
  async readFrom(id: string, command: readonly Parameter[]): Promise<Reply | undefined> {
    return await this.#untilDeadline(async (leftMs) => {
      const owner = this.#slots.topology.primaries().find((primary) => primary.id === id);
      if (owner === undefined) return undefined;
      const link =
        this.#links.existing(owner.address) ??
        (await within(leftMs, this.#links.connect(owner.address)));
      const asked = link.send(command).catch(orElsewhere);
      const [answer, isPrimary] = await within(leftMs, Promise.all([asked, this.#check(link)]));
      if (answer === undefined) {
        this.#slots.doubt();
        return undefined;
      }
      if (isPrimary) return answer;
      throw new LinkLostError(`${owner.address} is no primary any more`);
    });
  }

  /** Whether the server is a primary still, behind all that is sent in this turn: a replica would answer with what it has. */
  async #check(link: Link): Promise<boolean> {
    let check = this.#checks.get(link);
    if (check === undefined) {
      check = Promise.resolve().then(async () => {
        this.#checks.delete(link);
        const said = await link.send(["ROLE"]);
        return Array.isArray(said) && isText(said[0], "master");
      });
      this.#checks.set(link, check);
    }
    return await check;
  }

  async #viewOf(address: string): Promise<readonly NodeLine[]> {
    const link = await this.#links.connect(address);
    return parseNodes(textOf(await link.send(["CLUSTER", "NODES"])), splitAddress(address).host);
  }

  async #untilDeadline<Value>(attempt: (leftMs: number) => Promise<Value>): Promise<Value> {
    const { timing, deadlineMs } = this.#options;
    const endMs = timing.nowMs() + deadlineMs;
    let reason: string | undefined;
    for (;;) {
      const leftMs = endMs - timing.nowMs();
      if (leftMs <= 0) {
        throw new StorageError("STORAGE_UNAVAILABLE", {
          reason: `${reason ?? "no answer"}, for ${deadlineMs} ms`,
        });
      }
      try {
        return await attempt(leftMs);
      } catch (error) {
        const found = this.#reasonToRepeat(error);
        // The last attempt is cut short by the deadline: why the others failed says more.
        if (reason === undefined || !(error instanceof TooLateError)) reason = found;
      }
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs(timing));
      });
    }
  }

  #reasonToRepeat(error: unknown): string {
    if (error instanceof RefusedError) {
      if (error.refusal.type !== "later") {
        throw new StorageError("STORAGE_UNAVAILABLE", { reason: error.message });
      }
    } else if (!(error instanceof LinkLostError || error instanceof TooLateError)) throw error;
    this.#slots.doubt();
    return error.message;
  }
}

/** The key that the command names is another primary's by now. */
function orElsewhere(error: unknown): undefined {
  const isElsewhere =
    error instanceof RefusedError && ["moved", "ask"].includes(error.refusal.type);
  if (!isElsewhere) throw error;
}

function isText(reply: Reply | undefined, text: string): boolean {
  return Buffer.isBuffer(reply) && reply.toString("latin1") === text;
}
