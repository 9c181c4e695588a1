import { type Answer, StorageError } from "@kv/storage";
import { KvError } from "../errors.ts";
import { Later, type Served } from "../remote/later.ts";
import { type Asked, perform } from "./perform.ts";
import type { Demand, Request, Told } from "./request.ts";

/** What a connection needs of the node that it leads to, and of the history. */
export interface ConnectionTerms extends Asked {
  /** Tells connections apart. */
  readonly number: number;
  /** Whether the client and its node are both there. */
  readonly isOpen: () => boolean;
  /** Notes that a request begins. */
  readonly begin: (connection: Connection, demand: Demand) => Request;
  /** Told what no client may be told. */
  readonly onBug: (error: unknown) => void;
  /** Notes what came of it. */
  readonly settle: (request: Request, end: Told | Error) => void;
  /** Calls back at the end of the turn, if the process does anything then. */
  readonly endOfTurn: (callback: () => void) => void;
  /** How many requests may be under way. */
  readonly pipeline: number;
  /** Broken on purpose: a request begins by another table while others are under way. */
  readonly ignoresEpoch?: boolean;
}

/**
 * A client's connection: requests begun in order, several under way at once. It keeps the rule of kv-server's sessions: one is
 * begun by another table than those under way only when those are answered, and nothing overtakes a listing.
 */
export class Connection {
  readonly #terms: ConnectionTerms;
  readonly #waiting: Demand[] = [];
  #underWay = 0;
  #isHeld = false;
  #epoch: unknown;
  #isTurnOpen = false;

  constructor(terms: ConnectionTerms) {
    this.#terms = terms;
  }

  get number(): number {
    return this.#terms.number;
  }

  /** Whether the client still hears of what it has asked for. */
  get isOpen(): boolean {
    return this.#terms.isOpen();
  }

  /** Whether all that the client wants has been asked for, and answered by now or on its way back. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#underWay === 0;
  }

  /** Has the client ask for these, one behind the other. */
  ask(demands: readonly Demand[]): void {
    this.#waiting.push(...demands);
    this.#goOn();
  }

  /** What the client has not asked for yet it does not ask for any more. */
  askNoMore(): void {
    this.#waiting.length = 0;
  }

  #goOn(): void {
    if (this.#isTurnOpen) return;
    this.#isTurnOpen = true;
    this.#terms.endOfTurn(() => {
      this.#isTurnOpen = false;
      this.#beginAll();
    });
  }

  #beginAll(): void {
    const { isOpen, pipeline } = this.#terms;
    while (isOpen() && this.#underWay < pipeline && !this.#isHolding) {
      const demand = this.#waiting.shift();
      if (demand === undefined) return;
      this.#begin(demand);
    }
  }

  get #isHolding(): boolean {
    const { router, ignoresEpoch } = this.#terms;
    if (this.#isHeld) return true;
    return ignoresEpoch !== true && this.#underWay > 0 && this.#epoch !== router.epoch();
  }

  #begin(demand: Demand): void {
    const { router, begin } = this.#terms;
    const request = begin(this, demand);
    if (this.#underWay === 0) this.#epoch = router.epoch();
    let served: Served<Told>;
    try {
      served = perform(this.#terms, request);
    } catch (error) {
      this.#settle(request, this.#failureOf(error));
      return;
    }
    if ("outcome" in served) return this.#whenDurable(request, served);
    this.#underWay++;
    request.wasSent = served instanceof Later;
    if (demand.type === "list" || demand.type === "count") this.#isHeld = true;
    const listener = {
      answered: (answer: Answer<Told>) => {
        this.#leave();
        this.#whenDurable(request, answer);
      },
      failed: (error: unknown) => {
        this.#leave();
        this.#settle(request, this.#failureOf(error));
      },
    };
    if (served instanceof Later) served.whenSettled(listener);
    else served.then(listener.answered, listener.failed);
  }

  #leave(): void {
    this.#underWay--;
    this.#isHeld = false;
    this.#goOn();
  }

  #whenDurable(request: Request, { outcome, durable }: Answer<Told>): void {
    if (durable === undefined) return this.#settle(request, outcome);
    durable.then(
      () => this.#settle(request, outcome),
      (error: unknown) => this.#settle(request, this.#failureOf(error)),
    );
  }

  #settle(request: Request, end: Told | Error): void {
    // A client whose node has died hears of nothing.
    if (this.#terms.isOpen()) this.#terms.settle(request, end);
  }

  /** What a client is told of; all else is a bug. */
  #failureOf(error: unknown): Error {
    if (error instanceof KvError || error instanceof StorageError) return error;
    this.#terms.onBug(error);
    return new Error("a request failed as it must not", { cause: error });
  }
}
