import type { Acceptor } from "../network/network.ts";
import { type Chance, seededChance } from "./chance.ts";
import { EventQueue } from "./event-queue.ts";
import { SimulatedProcess } from "./simulated-process.ts";

/** Who listens at a place. */
export interface SimulatedDoor {
  readonly process: SimulatedProcess;
  readonly acceptor: Acceptor;
}

/** How the network is. */
export interface SimulatedWeather {
  /** Longest time that anything takes from host to host, in milliseconds. */
  readonly latencyMs: number;
  /** In how many of a hundred writes the system does not take everything at once. */
  readonly slowWritesPercent: number;
}

/**
 * Hosts, processes on them, a network between, and a clock, all of which do what a seed and a test say. What is sent on a stream
 * arrives in order, cut anywhere, some time later.
 */
export class SimulatedWorld {
  readonly chance: Chance;
  readonly weather: SimulatedWeather;
  /** By the text of their places. */
  readonly doors = new Map<string, SimulatedDoor>();
  readonly #events = new EventQueue();
  readonly #cuts = new Set<string>();
  readonly #held = new Map<string, (() => void)[]>();
  readonly #extraMs = new Map<string, number>();
  #nowMs = 0;

  constructor(seed: number, weather: Partial<SimulatedWeather> = {}) {
    this.chance = seededChance(seed);
    this.weather = { latencyMs: 1, slowWritesPercent: 0, ...weather };
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Starts a process on `host`. */
  start(host: string): SimulatedProcess {
    return new SimulatedProcess(this, host);
  }

  /** Nobody listens any more where `process` did. */
  forget(process: SimulatedProcess): void {
    for (const [place, door] of this.doors) if (door.process === process) this.doors.delete(place);
  }

  /** From now on nothing that `from` sends reaches `to`; it is kept by the network, which tries again. */
  cut(from: string, to: string): void {
    this.#cuts.add(wayOf(from, to));
  }

  /** What `from` sends reaches `to` again, and first what was kept. */
  heal(from: string, to: string): void {
    const way = wayOf(from, to);
    this.#cuts.delete(way);
    const held = this.#held.get(way) ?? [];
    this.#held.delete(way);
    // At once, or what comes now would pass what has waited.
    for (const arrive of held) arrive();
  }

  /** Takes something from host to host: `arrive` is called at that time, or when the way is open again. */
  carry(from: string, to: string, trip: { atMs: number; arrive: () => void }): void {
    const { atMs, arrive } = trip;
    this.#events.add(atMs, () => {
      const way = wayOf(from, to);
      if (!this.#cuts.has(way)) return arrive();
      this.#held.set(way, [...(this.#held.get(way) ?? []), arrive]);
    });
  }

  /** Calls back in `delayMs` milliseconds of this world. */
  after(delayMs: number, callback: () => void): void {
    this.#events.add(this.#nowMs + Math.max(0, delayMs), callback);
  }

  /** From now on whatever `from` sends takes so much longer to `to`. */
  slow(from: string, to: string, extraMs: number): void {
    this.#extraMs.set(wayOf(from, to), extraMs);
  }

  /** A time that something may take from host to host: on the way that is named, or on any. */
  drawLatencyMs(from = "", to = ""): number {
    const extraMs = this.#extraMs.size === 0 ? 0 : (this.#extraMs.get(wayOf(from, to)) ?? 0);
    return extraMs + (this.weather.latencyMs * (1 + this.chance.below(1000))) / 1000;
  }

  /** Lets so many milliseconds pass, with all that happens in them. */
  async run(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await this.#runWhile(() => (this.#events.next?.atMs ?? Infinity) <= endMs);
    this.#nowMs = endMs;
  }

  /** Lets time pass until `isReached`; throws when that is not so within `limitMs`. */
  async runUntil(isReached: () => boolean, limitMs = 60_000): Promise<void> {
    const endMs = this.#nowMs + limitMs;
    await this.#runWhile(() => !isReached() && (this.#events.next?.atMs ?? Infinity) <= endMs);
    if (!isReached()) throw new Error(`it has not come about in ${limitMs} ms`);
  }

  async #runWhile(isOn: () => boolean): Promise<void> {
    await settlePromises();
    while (isOn()) {
      const event = this.#events.take();
      if (event === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, event.atMs);
      event.run();
      await settlePromises();
    }
  }
}

function wayOf(from: string, to: string): string {
  return `${from} -> ${to}`;
}

/** Lets everything happen that waits for promises only, however long their chain: no time passes before that. */
function settlePromises(): Promise<void> {
  // Not the one of node:timers/promises, which takes three times as long, and this is called for each event.
  return new Promise((resolve) => void setImmediate(resolve));
}
