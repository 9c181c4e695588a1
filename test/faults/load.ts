import { createConnection, type Socket } from "node:net";
import { within } from "../harness/deadline.ts";
import { LineSplitter } from "../harness/line-splitter.ts";
import type { Random } from "../harness/random.ts";
import { labelOf } from "./label.ts";
import { cellOf, lineOf } from "./operation.ts";
import type { Writer } from "./writer.ts";
import type { Violation } from "./writer-history.ts";

/** How the load goes, and how it ends. */
export interface LoadOptions {
  readonly port: number;
  readonly writers: readonly Writer[];
  readonly random: Random;
  /** After how many acknowledgements, over all writers, `kill` is called at the latest. */
  readonly killAfter: number;
  /** Kills the node at once; nothing is awaited before it has the signal. */
  readonly kill: () => Promise<void>;
  /** What goes on beside the writers; has to resolve once the node is gone. */
  readonly play?: ((load: RunningLoad) => Promise<void>) | undefined;
}

/** The load as those see it who do something beside it. */
export interface RunningLoad {
  /** Aborted at the moment of the kill. */
  readonly struck: AbortSignal;
  /** Aborted when the node may be gone: at the moment of the kill, or of {@link release}. */
  readonly ending: AbortSignal;
  /** Resolves after so many acknowledgements, or when the node may be gone. */
  reached(acknowledged: number): Promise<void>;
  /** From now on the clients send no more once so many more were acknowledged; what is under way comes to its end. */
  allow(acknowledgements: number): void;
  /** Kills the node now, unless that has been done. */
  strike(): void;
  /** From now on the node may end by itself before it is killed. */
  release(): void;
}

/** What came of it. */
export interface LoadReport {
  readonly acknowledged: number;
  /** Requests that were sent and never answered. */
  readonly inFlight: number;
  readonly violations: readonly Violation[];
}

const READERS = 2;
const READS_AT_ONCE = 16;
/** How many requests a writer keeps in flight: the patient, telnet-like one as well as a heavy pipeline. */
const DEPTHS = [1, 8, 64, 128];

/**
 * Writes, and reads what is being written, on many connections at once until the node is killed; then takes in what
 * the sockets still hold. What was acknowledged, or shown to a reader, is noted in the writers' histories.
 */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const load = new Load(options);
  const parts = [
    options.play?.(load) ?? Promise.resolve(),
    ...options.writers.map((writer) => load.write(writer, options.random.pick(DEPTHS))),
    ...Array.from({ length: READERS }, () => load.read()),
  ];
  await within(
    Promise.all(parts),
    () => `${options.killAfter} acknowledgements: ${load.acknowledged} so far`,
    60_000,
  );
  load.strike();
  await load.killed;
  const inFlight = options.writers.reduce((sum, { history }) => sum + history.inFlight, 0);
  return { acknowledged: load.acknowledged, inFlight, violations: load.violations };
}

class Load implements RunningLoad {
  readonly #options: LoadOptions;
  readonly #strike = new AbortController();
  readonly #end = new AbortController();
  readonly #fills: (() => void)[] = [];
  #allowed = Number.POSITIVE_INFINITY;
  readonly #milestones: { readonly at: number; readonly resolve: () => void }[] = [];
  readonly violations: Violation[] = [];
  acknowledged = 0;
  killed: Promise<void> | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  get struck(): AbortSignal {
    return this.#strike.signal;
  }

  get ending(): AbortSignal {
    return this.#end.signal;
  }

  reached(acknowledged: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#milestones.push({ at: acknowledged, resolve });
    this.#passMilestones();
    return promise;
  }

  allow(acknowledgements: number): void {
    this.#allowed = this.acknowledged + acknowledgements;
    for (const fill of this.#fills) fill();
  }

  strike(): void {
    if (this.killed !== undefined) return;
    this.killed = this.#options.kill();
    this.#strike.abort();
    this.release();
  }

  release(): void {
    this.#end.abort();
    this.#passMilestones();
  }

  /** Resolves when the node's end has closed the connection. */
  write(writer: Writer, depth: number): Promise<void> {
    const { history } = writer;
    return this.#connect({
      fill: (socket) => {
        const room = depth - history.inFlight;
        if (room < depth / 2) return;
        const operations = Array.from({ length: room }, () => writer.next());
        for (const operation of operations) history.submit(operation);
        socket.write(operations.map((operation) => `${lineOf(operation)}\r\n`).join(""));
      },
      reply: (reply) => {
        this.#note(history.acknowledge(reply));
        this.acknowledged += 1;
        if (this.acknowledged >= this.#options.killAfter) this.strike();
        else if (this.#milestones.length > 0) this.#passMilestones();
      },
    });
  }

  read(): Promise<void> {
    const asked: { readonly writer: Writer; readonly cell: string }[] = [];
    const { random, writers } = this.#options;
    return this.#connect({
      fill: (socket) => {
        if (asked.length > 0) return;
        const lines = Array.from({ length: READS_AT_ONCE }, () => {
          const writer = random.pick(writers);
          const { bucket, key } = writer.someCell();
          asked.push({ writer, cell: cellOf(bucket, key) });
          return `GET ${bucket} ${key}\r\n`;
        });
        socket.write(lines.join(""));
      },
      reply: (reply) => {
        const current = asked[0];
        if (reply === "OK" || reply === "NOT FOUND") asked.shift();
        else if (reply !== "") this.#noteShown(current, labelOf(reply));
      },
    });
  }

  #passMilestones(): void {
    const passed = this.#milestones.filter(
      ({ at }) => this.ending.aborted || at <= this.acknowledged,
    );
    for (const milestone of passed) {
      this.#milestones.splice(this.#milestones.indexOf(milestone), 1);
      milestone.resolve();
    }
  }

  #connect(talk: { fill(socket: Socket): void; reply(text: string): void }): Promise<void> {
    const splitter = new LineSplitter();
    const socket = createConnection({ port: this.#options.port, host: "127.0.0.1", noDelay: true });
    const fill = (): void => {
      if (this.killed === undefined && this.acknowledged < this.#allowed) talk.fill(socket);
    };
    this.#fills.push(fill);
    socket.on("connect", fill);
    socket.on("data", (chunk: Buffer) => {
      for (const line of splitter.push(chunk)) talk.reply(line.toString("latin1").slice(0, -2));
      fill();
    });
    return new Promise((resolve, reject) => {
      // Its reason is in the rejection below, or the kill itself.
      socket.on("error", () => undefined);
      socket.on("close", () => {
        if (this.ending.aborted) resolve();
        else reject(new Error("The node let go of a connection"));
      });
    });
  }

  #noteShown(asked: { writer: Writer; cell: string } | undefined, value: string): void {
    if (asked !== undefined) this.#note(asked.writer.history.show(asked.cell, value));
  }

  #note(violation: Violation | undefined): void {
    if (violation !== undefined) this.violations.push(violation);
  }
}
