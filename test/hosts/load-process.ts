import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkout } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { guardProcess, pidOf } from "../harness/process-guard.ts";
import type { Entry, JournalLine, Listing, LoadPlan } from "./journal.ts";

/** Where the clients run, and who is told of what they write down. */
export interface LoadProcessOptions {
  readonly plan: LoadPlan;
  readonly launcher: readonly string[];
  readonly onEntry: (entry: Entry) => void;
  readonly onListing: (listing: Listing) => void;
  /** Called when the process has ended without having been asked to. */
  readonly onFailure: (error: Error) => void;
}

/** The clients of one node, which write and read from their start on; they end when this is disposed of. */
export class LoadProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly #front: string;
  #done = Promise.withResolvers<void>();
  #isLeaving = false;

  constructor({ plan, launcher, onEntry, onListing, onFailure }: LoadProcessOptions) {
    this.#front = plan.front;
    const entry = join(import.meta.dirname, "load.ts");
    const [program, ...words] = [...launcher, process.execPath, entry, JSON.stringify(plan)];
    const child = spawn(program, words, { cwd: checkout, stdio: ["pipe", "pipe", "pipe"] });
    const unguard = guardProcess(pidOf(child));
    this.#child = child;
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.stdin.on("error", () => undefined);
    this.#gone = once(child, "close").then(() => {
      unguard();
      if (!this.#isLeaving)
        onFailure(new Error(`The clients of ${plan.front} ended: ${complaint}`));
      return undefined;
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what load.ts has written
      const told = JSON.parse(line) as JournalLine;
      if (told.kind === "done") this.#done.resolve();
      else if (told.kind === "listing") onListing(told);
      else onEntry(told);
    });
  }

  /** Has the clients send no more; resolves when all is answered, and told. */
  stop(): Promise<void> {
    return this.#order("stop");
  }

  /** Has every cell read once; resolves when all of them are told. */
  readAll(): Promise<void> {
    return this.#order("read");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLeaving = true;
    this.#child.stdin?.end();
    // It may be in the midst of something, and the node gone already: there is nothing to wait for.
    this.#child.kill("SIGKILL");
    await this.#gone;
  }

  #order(word: string): Promise<void> {
    this.#done = Promise.withResolvers();
    this.#child.stdin?.write(`${word}\n`);
    return within(this.#done.promise, `the clients of ${this.#front} to ${word}`);
  }
}
