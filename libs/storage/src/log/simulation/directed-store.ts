import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Store } from "../../store.ts";
import { type LogStoreOptions, openLogStore } from "../open-log-store.ts";
import type { DiskCall } from "../testing/simulated-disk.ts";
import { HOME } from "./life.ts";
import { mend } from "./live.ts";
import { type Pace, SimulatedMachine } from "./simulated-machine.ts";
import { SimulatedScheduler } from "./simulated-scheduler.ts";

/** The bucket of the directed histories. */
export const BUCKET: Uint8Array = new TextEncoder().encode("bucket");

/** A store on a simulated machine of which a test holds all the strings. */
export class DirectedStore {
  readonly machine: SimulatedMachine;
  readonly scheduler = new SimulatedScheduler();
  readonly #clock: { nowMs: number };
  #store: Store | undefined;

  private constructor(machine: SimulatedMachine, clock: { nowMs: number }) {
    this.machine = machine;
    this.#clock = clock;
  }

  /** Opens the store of `machine` at `nowMs`: compaction is asked for, the segments are short, and nothing is cached. */
  static async open(
    options: Partial<LogStoreOptions> = {},
    machine = new SimulatedMachine(),
    nowMs = 0,
  ): Promise<DirectedStore> {
    mend(machine);
    const directed = new DirectedStore(machine, { nowMs });
    directed.#store = await openLogStore({
      directory: HOME,
      clock: () => directed.nowMs,
      files: machine,
      scheduler: directed.scheduler,
      segmentLimitBytes: 200,
      cacheLimitBytes: 0,
      deadShareLimit: 1,
      ...options,
    });
    return directed;
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error("The store is not open yet");
    return this.#store;
  }

  get nowMs(): number {
    return this.#clock.nowMs;
  }

  set nowMs(nowMs: number) {
    this.#clock.nowMs = nowMs;
  }

  /** Lets turns end and pauses be over, without waiting for calls of the disk that are held. */
  async run(rounds = 60): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      this.scheduler.endTurn();
      this.scheduler.endPause();
      await setImmediate();
    }
  }

  /** Lets a second pass, and all that comes of it. */
  async passSecond(): Promise<void> {
    this.nowMs += 1000;
    this.scheduler.passSecond();
    await this.run();
  }

  /** Calls that `isHeld` names do not reach the disk, or do not come back from it, before {@link release}. */
  hold(isHeld: (call: DiskCall) => boolean, pace: Pace = "late-start"): void {
    this.machine.pace = (call) => (isHeld(call) ? pace : "at-once");
  }

  /** Lets everything that is held go, and what comes after it. */
  async release(): Promise<void> {
    this.machine.pace = () => "at-once";
    while (this.machine.waiting > 0) this.machine.letGo(() => 0);
    await this.run();
  }

  /** Puts a key and brings it to the disk, if the disk takes it. */
  async put(key: string, value: string | number, expiresAtMs?: number): Promise<void> {
    await this.store.createBucket(BUCKET);
    await this.store.put(BUCKET, [{ ...field(key, value), expiresAtMs }]);
    await this.run(2);
  }

  /** The text of a key's value, or what there is to say instead. */
  async get(key: string): Promise<string> {
    const { outcome } = await this.store.get(BUCKET, encode(key));
    return outcome.type === "found" ? new TextDecoder().decode(outcome.value) : outcome.type;
  }

  /** Runs all that is under way until `work` has settled. */
  async finish<Result>(work: PromiseLike<Result> | undefined): Promise<Result> {
    assert.ok(work !== undefined);
    const results: PromiseSettledResult<Result>[] = [];
    const note = async (): Promise<void> => {
      results.push(...(await Promise.allSettled([work])));
    };
    void note();
    for (let tries = 0; tries < 20 && results.length === 0; tries++) await this.run();
    const [result] = results;
    assert.ok(result !== undefined, "it does not come to an end");
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }

  /** Everything is brought to the disk, and the store is sealed. */
  close(): Promise<void> {
    return this.finish(this.store[Symbol.asyncDispose]());
  }

  /** The names of the segments, in order. */
  get segments(): readonly string[] {
    const names = [...this.machine.content(HOME).keys()];
    return names.filter((name) => name.endsWith(".log")).toSorted();
  }
}

/** A field whose value is `value`, or so many bytes. */
export function field(
  key: string,
  value: string | number,
): { readonly key: Uint8Array; readonly value: Uint8Array } {
  const text = typeof value === "number" ? "x".repeat(value) : value;
  return { key: encode(key), value: encode(text) };
}

/** Bytes of a text. */
export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
