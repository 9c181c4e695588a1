import { createConnection, type Socket } from "node:net";
import { within } from "../harness/deadline.ts";
import { LineSplitter } from "../harness/line-splitter.ts";
import type { Random } from "../harness/random.ts";
import { cellOf, lineOf } from "./operation.ts";
import type { Writer } from "./writer.ts";
import type { Violation } from "./writer-history.ts";

/** How the load ends. */
export interface LoadOptions {
  readonly port: number;
  readonly writers: readonly Writer[];
  readonly random: Random;
  /** After how many acknowledgements, over all writers, `kill` is called. */
  readonly killAfter: number;
  /** Kills the node at once; nothing is awaited before it has the signal. */
  readonly kill: () => Promise<void>;
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
  const connections = [
    ...options.writers.map((writer) => load.write(writer, options.random.pick(DEPTHS))),
    ...Array.from({ length: READERS }, () => load.read()),
  ];
  await within(
    Promise.all(connections),
    () => `${options.killAfter} acknowledgements: ${load.acknowledged} so far`,
    60_000,
  );
  await load.killed;
  const inFlight = options.writers.reduce((sum, { history }) => sum + history.inFlight, 0);
  return { acknowledged: load.acknowledged, inFlight, violations: load.violations };
}

class Load {
  readonly #options: LoadOptions;
  readonly violations: Violation[] = [];
  acknowledged = 0;
  killed: Promise<void> | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
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
        if (this.acknowledged >= this.#options.killAfter) this.killed ??= this.#options.kill();
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
        else if (reply !== "") this.#noteShown(current, reply);
      },
    });
  }

  #connect(talk: { fill(socket: Socket): void; reply(text: string): void }): Promise<void> {
    const splitter = new LineSplitter();
    const socket = createConnection({ port: this.#options.port, host: "127.0.0.1", noDelay: true });
    socket.on("connect", () => talk.fill(socket));
    socket.on("data", (chunk: Buffer) => {
      for (const line of splitter.push(chunk)) talk.reply(line.toString("latin1").slice(0, -2));
      if (this.killed === undefined) talk.fill(socket);
    });
    return new Promise((resolve, reject) => {
      // Its reason is in the rejection below, or the kill itself.
      socket.on("error", () => undefined);
      socket.on("close", () => {
        if (this.killed === undefined) reject(new Error("The node let go of a connection"));
        else resolve();
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
