import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkout } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { guardProcess, pidOf } from "../harness/process-guard.ts";
import type { Route } from "./relay.ts";

/** A relay that runs: what goes through it comes out later, once it is told so. */
export class RelayProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #ready = Promise.withResolvers<void>();

  private constructor(launcher: readonly string[], routes: readonly Route[]) {
    const entry = join(import.meta.dirname, "relay.ts");
    const [program, ...words] = [...launcher, process.execPath, entry, JSON.stringify(routes)];
    const child = spawn(program, words, { cwd: checkout, stdio: ["pipe", "pipe", "inherit"] });
    const unguard = guardProcess(pidOf(child));
    this.#child = child;
    this.#gone = once(child, "close").then(unguard);
    child.stdin.on("error", () => undefined);
    createInterface({ input: child.stdout }).on("line", () => this.#ready.resolve());
  }

  /** Starts one by the words of `launcher`; resolves when it listens, and delays nothing. */
  static async start(launcher: readonly string[], routes: readonly Route[]): Promise<RelayProcess> {
    const relay = new RelayProcess(launcher, routes);
    await within(relay.#ready.promise, "a relay that listens");
    return relay;
  }

  /** From now on all comes so much later; what is under way comes as it was meant to. */
  async delay(milliseconds: number): Promise<void> {
    this.#ready = Promise.withResolvers();
    this.#child.stdin?.write(`${milliseconds}\n`);
    await within(this.#ready.promise, "a relay that takes another delay");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }
}
