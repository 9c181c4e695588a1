import { Worker } from "node:worker_threads";

/** How often the event loop shows that it turns, and how often that is looked at. */
const BEAT_MS = 25;

/** An event loop that has not turned for so long after the time was over stands still. */
const STILL_MS = 200;

/** Places in the memory that both threads see. */
const BEATS = 0;
const WATCHED = 1;

/**
 * What the other thread runs. It looks only while something is watched: a loop that
 * has stood still since the time was over is terminated, which throws nothing that code could catch.
 */
const PROGRAM = `
const { Session } = require("node:inspector");
const { parentPort, workerData: { memory, beatMs, stillMs } } = require("node:worker_threads");
const shared = new Int32Array(memory);
let latest = -1, sinceMs = 0, deadlineMs = Infinity, limitMs = stillMs, timer;
const { performance: clock } = require("node:perf_hooks");
const look = () => {
  const beats = Atomics.load(shared, ${BEATS});
  const nowMs = clock.now();
  if (beats !== latest) { latest = beats; sinceMs = nowMs; }
  if (nowMs > deadlineMs && nowMs - sinceMs > limitMs) {
    sinceMs = nowMs;
    // Connected for this moment only: a process that ends would wait for whoever is.
    const session = new Session();
    session.connectToMainThread();
    session.post("Runtime.terminateExecution", () => session.disconnect());
  }
  if (Atomics.load(shared, ${WATCHED}) === 0) { clearInterval(timer); timer = undefined; deadlineMs = Infinity; limitMs = stillMs; }
};
parentPort.on("message", ([timeoutMs, patienceMs]) => {
  limitMs = Math.max(limitMs, patienceMs);
  const end = clock.now() + timeoutMs;
  deadlineMs = timer === undefined ? end : Math.min(deadlineMs, end);
  timer ??= setInterval(look, beatMs);
});
parentPort.postMessage("ready");
`;

/**
 * Stops code that has the event loop stand still after its time is over, from another thread. Such a thread takes some 10 ms
 * to start and 8 MB: it is made with the first call of {@link begin}, and ends with {@link Watchdog[Symbol.asyncDispose]}.
 *
 * It cannot tell whose code it is that stands still: whatever runs then is terminated. So it looks only beyond a deadline,
 * and only at a loop that does not turn at all.
 */
export class Watchdog implements AsyncDisposable {
  readonly #shared = new Int32Array(new SharedArrayBuffer(8));
  #worker: Worker | undefined;
  #ready: Promise<void> = Promise.resolve();
  #beating: NodeJS.Timeout | undefined;

  /**
   * Watches until what is returned is disposed; the deadline is `timeoutMs` from now. From then on the event loop may stand still
   * for `patienceMs`, 200 by default.
   */
  async begin(timeoutMs: number, patienceMs = STILL_MS): Promise<Disposable> {
    const worker = this.#worker ?? this.#start();
    await this.#ready;
    Atomics.add(this.#shared, WATCHED, 1);
    this.#beating ??= setInterval(() => Atomics.add(this.#shared, BEATS, 1), BEAT_MS);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage([timeoutMs, patienceMs]);
    return { [Symbol.dispose]: () => this.#end() };
  }

  /** Resolves when the thread has ended. Nothing is being watched then. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beating);
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const workerData = { memory: this.#shared.buffer, beatMs: BEAT_MS, stillMs: STILL_MS };
    // The flags of this process are not the thread's business, and no file may stand between it and its program.
    const worker = new Worker(PROGRAM, { eval: true, workerData, execArgv: [], env: {} });
    worker.unref();
    this.#worker = worker;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.once("message", () => resolve());
    worker.once("error", reject);
    this.#ready = promise;
    return worker;
  }

  #end(): void {
    if (Atomics.sub(this.#shared, WATCHED, 1) > 1) return;
    clearInterval(this.#beating);
    this.#beating = undefined;
  }
}
