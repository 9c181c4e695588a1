import { setTimeout as setTimeoutPromise } from "node:timers/promises";
import { LinkLostError, RefusedError } from "../connection/link.ts";
import type { LinkPool } from "../connection/link-pool.ts";
import { textOf } from "../connection/primary-link.ts";
import { TooLateError, within } from "../reads/within.ts";
import type { Timing } from "../timing.ts";
import { type NodeLine, parseNodes, splitAddress } from "./node-line.ts";
import { Topology } from "./topology.ts";

/** How the cluster is kept in view. */
export interface WatchOptions {
  /** Where to begin, as `host:port`. */
  readonly seeds: readonly string[];
  readonly timing: Timing;
  /** Something was heard: whether it was anything new is for others to find out. */
  readonly onView: () => void;
  /** Nobody answered. */
  readonly onSilence: (reason: string) => void;
}

/** How many nodes are asked at once: one that is cut off is outvoted by its config epoch, if only another one is among them. */
const ASKED_NODES = 5;

/** How long an answer is waited for. */
const ANSWER_MS = 1000;

/** Once one has answered, the others are given this long. */
const LAG_MS = 100;

/** Between two rounds while something is in doubt, and while nothing is. */
const SHORTEST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 2000;
const QUIET_INTERVAL_MS = 5000;

/** So often is a primary asked again that does not answer, before what others say is believed without it. */
const PATIENT_ROUNDS = 3;

/** Keeps the table of slots in agreement with what several nodes say: now and then, and at once where there is doubt. */
export class TopologyWatch implements Disposable {
  readonly #links: LinkPool;
  readonly #options: WatchOptions;
  #topology = Topology.empty();
  /** Primaries of which it was made sure, when they got their slots, that none of these is torn. */
  #trusted: ReadonlySet<string> = new Set();
  #round: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastRoundMs = Number.NEGATIVE_INFINITY;
  #turn = 0;
  #silentRounds = 0;
  #undecidedRounds = 0;
  #isEnded = false;

  constructor(links: LinkPool, options: WatchOptions) {
    this.#links = links;
    this.#options = options;
  }

  get topology(): Topology {
    return this.#topology;
  }

  /** Asks soon, as soon as the last time is long enough ago. */
  doubt(): void {
    if (this.#round !== undefined) return;
    // Where nobody answers, nobody is asked ten times a second for hours.
    this.#plan(Math.min(SHORTEST_INTERVAL_MS * 2 ** this.#silentRounds, LONGEST_INTERVAL_MS));
  }

  /** Asks now, and settles when what was heard is taken over. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#round ??= this.#ask();
    await this.#round;
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }

  #plan(intervalMs: number): void {
    if (this.#isEnded) return;
    clearTimeout(this.#timer);
    const sinceMs = this.#options.timing.nowMs() - this.#lastRoundMs;
    this.#timer = setTimeout(
      () => {
        void this.look();
      },
      Math.max(0, intervalMs - sinceMs),
    );
    if (intervalMs === QUIET_INTERVAL_MS) this.#timer.unref();
  }

  async #ask(): Promise<void> {
    this.#lastRoundMs = this.#options.timing.nowMs();
    const reasons: string[] = [];
    const views: (readonly NodeLine[])[] = [];
    const first = Promise.withResolvers<void>();
    const asked = this.#choose().map(async (address) => {
      try {
        views.push(await within(ANSWER_MS, this.#viewOf(address)));
        first.resolve();
      } catch (error) {
        if (!isFailure(error)) throw error;
        reasons.push(error.message);
      }
    });
    await Promise.race([Promise.all(asked), first.promise.then(() => setTimeoutPromise(LAG_MS))]);
    const topology = await this.#examined(this.#topology.with(views));
    this.#round = undefined;
    if (this.#isEnded) return;
    if (topology === undefined) return this.#plan(SHORTEST_INTERVAL_MS);
    this.#topology = topology;
    this.#silentRounds = views.length > 0 ? 0 : this.#silentRounds + 1;
    this.#plan(QUIET_INTERVAL_MS);
    if (views.length > 0) this.#options.onView();
    else this.#options.onSilence(reasons[0] ?? "no node answered");
  }

  /**
   * With what every primary says of itself, where somebody has slots who had none before: only the one that takes a slot over knows of it, when the one that
   * gave it has died. `undefined` when one does not say that nobody has found to be away: what it knows may be just that. It is waited for a few times, and not
   * by a store that has just been opened.
   */
  async #examined(topology: Topology): Promise<Topology | undefined> {
    const primaries = topology.primaries();
    const isTrusted = primaries.every(({ id }) => this.#trusted.has(id));
    if (isTrusted && topology.torn.size === 0) return topology;
    const views: (readonly NodeLine[])[] = [];
    const silent: string[] = [];
    await Promise.all(
      primaries.map(async ({ id, address }) => {
        try {
          views.push(await within(ANSWER_MS, this.#viewOf(address)));
        } catch (error) {
          if (!isFailure(error)) throw error;
          silent.push(id);
        }
      }),
    );
    const examined = topology.with(views);
    const isAway = (id: string): boolean => {
      const node = examined.nodes.get(id);
      return node === undefined || node.isFailed || node.isSuspected;
    };
    const isKnown = this.#topology.primaries().length > 0;
    if (isKnown && this.#undecidedRounds < PATIENT_ROUNDS && !silent.every(isAway)) {
      this.#undecidedRounds += 1;
      return undefined;
    }
    this.#undecidedRounds = 0;
    this.#trusted = new Set(primaries.map(({ id }) => id));
    return examined;
  }

  async #viewOf(address: string): Promise<readonly NodeLine[]> {
    const link = await this.#links.connect(address);
    const text = textOf(await link.send(["CLUSTER", "NODES"]));
    return parseNodes(text, splitAddress(address).host);
  }

  /** Other nodes each time, so that all are heard, and seeds among them: those known may all be gone. */
  #choose(): readonly string[] {
    const known = [...this.#topology.nodes.values()].filter(({ isFailed }) => !isFailed);
    const primaries = known.filter(({ slots }) => slots.length > 0);
    const { seeds } = this.#options;
    this.#turn += 1;
    const all = [
      ...rotate(primaries, this.#turn)
        .slice(0, ASKED_NODES - 2)
        .map(({ address }) => address),
      ...rotate(known, this.#turn)
        .slice(0, 1)
        .map(({ address }) => address),
      ...rotate(seeds, this.#turn),
    ];
    return [...new Set(all)].slice(0, Math.max(ASKED_NODES, 1));
  }
}

function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  if (items.length === 0) return items;
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function isFailure(error: unknown): error is Error {
  return (
    error instanceof LinkLostError || error instanceof RefusedError || error instanceof TooLateError
  );
}
