import { setImmediate } from "node:timers/promises";
import type { Store } from "../../../store.ts";
import { type LogStoreOptions, openLogStore } from "../../open-log-store.ts";
import { nodeScheduler, type Scheduler } from "../../scheduler.ts";
import type { SimulatedMachine } from "../../simulation/simulated-machine.ts";
import type { Draw } from "../../testing/simulated-file.ts";
import { DIRECTORY } from "./write-store.ts";

const ACTIONS = ["create", "drop", "delete", "expire", "expire-bucket", "wait", "second", "time"];

/**
 * Lets a store do what `draw` chooses, with compaction and snapshots beside it, and returns what is left then: after
 * a clean stop, a kill or a power cut.
 */
export async function liveAWhile(files: SimulatedMachine, draw: Draw): Promise<SimulatedMachine> {
  let nowMs = 1000;
  const scheduler = new SwiftScheduler();
  const options: LogStoreOptions = {
    directory: DIRECTORY,
    clock: () => nowMs,
    files,
    scheduler,
    segmentLimitBytes: 200 + draw(800),
    cacheLimitBytes: 0,
    snapshotEveryRecords: 1 + draw(20),
    deadShareLimit: [0.3, 0.5, 0.9][draw(3)],
    sync: (["always", "everysec", "never"] as const)[draw(3)],
  };
  const store = await openLogStore(options);
  for (let left = 20 + draw(100); left > 0; left--) {
    const action = ACTIONS[draw(12)] ?? "put";
    if (action === "time") nowMs += draw(10);
    else if (action === "second") scheduler.passSecond();
    else if (action === "wait") await setImmediate();
    else await act(store, { action, draw, nowMs });
  }
  const ending = draw(3);
  const after = [files, files.afterKill(), files.afterPowerCut(512, draw)][ending] ?? files;
  await store[Symbol.asyncDispose]();
  return after;
}

async function act(
  store: Store,
  { action, draw, nowMs }: { action: string; draw: Draw; nowMs: number },
): Promise<void> {
  const bucket = Buffer.from(`bucket ${draw(3)}`);
  const key = Buffer.from(`key ${draw(12)}`);
  const expiresAtMs = draw(4) === 0 ? nowMs + 1 + draw(100) : undefined;
  switch (action) {
    case "create":
      await store.createBucket(bucket);
      return;
    case "drop":
      if (draw(3) === 0) await store.dropBucket(bucket);
      return;
    case "delete":
      await store.delete(bucket, [key]);
      return;
    case "expire":
      await store.expire(bucket, key, expiresAtMs);
      return;
    case "expire-bucket":
      if (draw(4) === 0) await store.expire(bucket, undefined, expiresAtMs);
      return;
    default: {
      const createsBucket = draw(2) === 0;
      if (!createsBucket) await store.createBucket(bucket);
      const value = new Uint8Array(draw(60)).fill(nowMs);
      await store.put(bucket, [{ key, value, expiresAtMs }], { createsBucket });
    }
  }
}

/** An event loop that puts nothing off for longer than a turn, and whose seconds pass when a test says so. */
class SwiftScheduler implements Scheduler {
  readonly endOfTurn = nodeScheduler.endOfTurn;
  readonly soon = nodeScheduler.endOfTurn;
  readonly #tickers = new Set<() => void>();

  everySecond = (callback: () => void): Disposable => {
    this.#tickers.add(callback);
    return { [Symbol.dispose]: () => void this.#tickers.delete(callback) };
  };

  passSecond(): void {
    for (const tick of this.#tickers) tick();
  }
}
