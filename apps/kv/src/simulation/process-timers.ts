import { AsyncLocalStorage } from "node:async_hooks";
import nodeCrypto, { type UUID } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers/promises";
import type { SimulatedProcess } from "@kv/cluster/testing";

const running = new AsyncLocalStorage<SimulatedProcess>();

/** Does `work` as a part of `process`: the timers that it sets, it and all that comes of it, go by the clock of that. */
export function runIn<Result>(process: SimulatedProcess, work: () => Result): Result {
  return running.run(process, work);
}

/** Node's own timers and identities, which those parts of a node take that are given none. */
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  wait: timers.setTimeout,
  turn: timers.setImmediate,
  uuid: nodeCrypto.randomUUID,
};

/**
 * From now on, until the result is disposed, what runs in a simulated process has its timers and identities of that; everything
 * else has Node's. A part that takes its time as an argument needs none of this.
 */
export function simulateTimers(): Disposable {
  Object.assign(globalThis, {
    setTimeout: (callback: () => void, delayMs = 0) => {
      const process = running.getStore();
      if (process === undefined) return real.setTimeout(callback, delayMs);
      return { cancel: process.scheduler.after(delayMs, callback) };
    },
    clearTimeout: (timer: unknown) => {
      if (isSimulated(timer)) timer.cancel();
      else Reflect.apply(real.clearTimeout, undefined, [timer]);
    },
  });
  Object.assign(timers, {
    setTimeout: (delayMs = 0, value?: unknown, options: object = {}) => {
      const process = running.getStore();
      if (process === undefined) return real.wait(delayMs, value, options);
      return new Promise((resolve) => void process.scheduler.after(delayMs, () => resolve(value)));
    },
    setImmediate: (value?: unknown) => {
      const process = running.getStore();
      if (process === undefined) return real.turn(value);
      return new Promise((resolve) => process.scheduler.endOfTurn(() => resolve(value)));
    },
  });
  Object.assign(nodeCrypto, { randomUUID: drawUuid });
  Object.assign(crypto, { randomUUID: drawUuid });
  syncBuiltinESMExports();
  return { [Symbol.dispose]: restore };
}

function drawUuid(): UUID {
  const process = running.getStore();
  if (process === undefined) return real.uuid();
  const digits = Buffer.from(process.randomBytes(16)).toString("hex");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

function restore(): void {
  const { setTimeout, clearTimeout, wait, turn, uuid } = real;
  Object.assign(globalThis, { setTimeout, clearTimeout });
  Object.assign(timers, { setTimeout: wait, setImmediate: turn });
  Object.assign(nodeCrypto, { randomUUID: uuid });
  Reflect.deleteProperty(crypto, "randomUUID");
  syncBuiltinESMExports();
}

function isSimulated(timer: unknown): timer is { readonly cancel: () => void } {
  return typeof timer === "object" && timer !== null && "cancel" in timer;
}
