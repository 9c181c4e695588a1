import type { RandomBytes } from "../handshake/identity.ts";
import type { Network } from "../network/network.ts";
import type { Scheduler } from "../network/scheduler.ts";
import { SimulatedNetwork } from "./simulated-network.ts";
import type { SimulatedStream } from "./simulated-stream.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

/**
 * A process in a simulated world. Frozen, it does nothing and loses nothing: the world goes on around it. When it is thawed,
 * all timers that are due go off before anything is read, or after, as it happens.
 */
export class SimulatedProcess {
  /** Where it runs: cuts are between hosts. */
  readonly host: string;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly randomBytes: RandomBytes;
  /** Its ends of all streams that are open. */
  readonly streams = new Set<SimulatedStream>();
  readonly #world: SimulatedWorld;
  #isFrozen = false;
  #isDead = false;
  #missedTimers: (() => void)[] = [];
  #missedInput: (() => void)[] = [];

  constructor(world: SimulatedWorld, host: string) {
    this.#world = world;
    this.host = host;
    this.network = new SimulatedNetwork(world, this);
    this.randomBytes = (count) => Uint8Array.from({ length: count }, () => world.chance.below(256));
    this.scheduler = {
      now: () => world.nowMs,
      after: (delayMs, callback) => {
        let call = callback;
        world.after(delayMs, () => this.#perform(() => call(), this.#missedTimers));
        return () => {
          call = () => {};
        };
      },
      endOfTurn: (callback) => world.after(0, () => this.#perform(callback, this.#missedInput)),
    };
  }

  /** Whether it has been killed. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** Stops it where it stands. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** Lets it go on. */
  thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    const [timers, input] = [this.#missedTimers, this.#missedInput];
    const missed = this.#world.chance.percent(50) ? [...timers, ...input] : [...input, ...timers];
    this.#missedTimers = [];
    this.#missedInput = [];
    // At once, or what comes now would pass what has waited.
    for (const run of missed) this.#perform(run, this.#missedInput);
  }

  /** Ends it without a word; its streams break. */
  kill(): void {
    this.#isDead = true;
    for (const stream of this.streams) stream.destroy();
    this.#world.forget(this);
  }

  /** Something is there for it to read. */
  deliver(run: () => void): void {
    this.#perform(run, this.#missedInput);
  }

  #perform(run: () => void, missed: (() => void)[]): void {
    if (this.#isDead) return;
    // What is missed is done in its order, so that nothing passes what came before it.
    if (this.#isFrozen) missed.push(run);
    else run();
  }
}
