import { type ChildProcess, spawn } from "node:child_process";
import { systemTime, type Time } from "@kv/application";

/** No release takes near as long to start, to answer or to stop; one that does is stuck. In milliseconds. */
const limitMs = 30_000;

/** What a node's log says, in either of its forms, when all of it runs. */
const startedPattern = /"type":"system-started"|\bStarted logger, .* in \d+ ms/u;

/** How `bin/NAME` is run. */
export interface NodeSetting {
  /** Of `bin/NAME`. */
  readonly program: string;
  /** All of them: nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  /** The current directory. */
  readonly directory: string;
  /** Given up when it is aborted. */
  readonly signal: AbortSignal;
  readonly time?: Time | undefined;
}

/**
 * A run of `bin/NAME` in a process group of its own. None of the group is left once this is disposed of, however it
 * went.
 */
export class ProvenNode implements Disposable {
  readonly #child: ChildProcess;
  readonly #setting: NodeSetting;
  readonly #exit = Promise.withResolvers<string>();
  readonly #started = Promise.withResolvers<void>();
  #stdout = "";
  #printed = "";

  constructor(setting: NodeSetting, words: readonly string[]) {
    this.#setting = setting;
    const { program, variables: env, directory: cwd } = setting;
    const child = spawn(program, words, { cwd, env, detached: true, stdio: "pipe" });
    this.#child = child;
    this.#exit.promise.catch(() => undefined);
    child.stdin.on("error", () => undefined).end();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#printed += text;
      if (startedPattern.test(this.#stdout)) this.#started.resolve();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#printed += text;
    });
    child.once("error", (error) => this.#exit.reject(error));
    child.once("close", (code, signal) => this.#exit.resolve(signal ?? `exit code ${code}`));
  }

  /** What it has printed, errors among it. */
  get printed(): string {
    return this.#printed;
  }

  /** What it has printed on standard output. */
  get stdout(): string {
    return this.#stdout;
  }

  /** Resolves as soon as all of the node runs; rejects when it ends before. */
  async started(): Promise<void> {
    const ended = this.#exit.promise.then((how) => {
      throw new Error(`it ended (${how}) before it had started`);
    });
    await this.#within(Promise.race([this.#started.promise, ended]), "start");
  }

  /** Asks it to stop as an operator does. */
  terminate(): void {
    this.#child.kill("SIGTERM");
  }

  /** Resolves when it has ended with 0 and its output has been read; rejects with what it ended with otherwise. */
  async ended(): Promise<void> {
    const how = await this.#within(this.#exit.promise, "end");
    if (how !== "exit code 0") throw new Error(`it ended with ${how} instead of 0`);
  }

  /** Whether a process of its group is there. */
  get isAnyLeft(): boolean {
    return this.#signalGroup(0);
  }

  [Symbol.dispose](): void {
    this.#signalGroup("SIGKILL");
  }

  #signalGroup(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined) return false;
    try {
      process.kill(-pid, signal);
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
      throw error;
    }
  }

  async #within<Value>(work: Promise<Value>, what: string): Promise<Value> {
    const { time = systemTime, signal } = this.#setting;
    const enough = new AbortController();
    const late = time.sleep(limitMs, AbortSignal.any([enough.signal, signal])).then((): never => {
      signal.throwIfAborted();
      throw new Error(`it did not ${what} in ${limitMs / 1000} s`);
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([work, late]);
    } finally {
      enough.abort();
    }
  }
}
