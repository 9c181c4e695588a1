/**
 * The clients of one node, in a process of their own that runs on the node's host: `node load.ts PLAN`. They write and read
 * from their start to the line `stop` on the standard input; `read` has every cell read once. Both are answered by the
 * line of a milestone once they are done. The end of the input ends the process.
 */
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { labelOf, valueOf } from "../faults/label.ts";
import { LineClient } from "../harness/line-client.ts";
import { type Random, seededRandom } from "../harness/random.ts";
import {
  type Entry,
  type JournalLine,
  keysOfWriters,
  type LoadPlan,
  nowMicroseconds,
} from "./journal.ts";

/** How long a connection rests between two batches: that, and not the machine, sets the pace. */
const REST_MS = 30;
const BATCHES = [1, 1, 4, 12];
const LENGTHS_BYTES = [0, 0, 0, 500, 20_000];

type Request = Pick<Entry, "kind" | "bucket" | "key" | "value" | "behind">;

class Load {
  readonly #plan: LoadPlan;
  readonly #random: Random;
  readonly #writes = new Map<string, number>();
  #isStopped = false;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#random = seededRandom(plan.seed);
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Makes the buckets, which must work. Then resolves when all connections have seen the stop, and all that was sent is answered. */
  async run(): Promise<void> {
    await this.#createBuckets();
    const lanes = this.#plan.buckets.flatMap((bucket) => [
      ...keysOfWriters(this.#plan.front).map((keys) => {
        const random = this.#random.fork();
        return this.#repeat(random, () => this.#write(random, bucket, keys));
      }),
      ...[this.#random.fork()].map((random) => {
        const keys = this.#plan.fronts.flatMap(keysOfWriters).flat();
        return this.#repeat(random, () => ({ kind: "get", bucket, key: random.pick(keys) }));
      }),
    ]);
    await Promise.all([...lanes, this.#list()]);
  }

  /** Reads every cell once. */
  async readAll(): Promise<void> {
    await using client = await LineClient.connect(this.#plan.port);
    const keys = this.#plan.fronts.flatMap(keysOfWriters).flat();
    for (const bucket of this.#plan.buckets) {
      await this.#ask(
        client,
        keys.map((key) => ({ kind: "get", bucket, key })),
      );
    }
  }

  async #createBuckets(): Promise<void> {
    await using client = await LineClient.connect(this.#plan.port);
    for (const bucket of this.#plan.buckets) {
      const [reply] = await client.ask(`CREATE ${bucket}`);
      if (reply !== "OK") throw new Error(`CREATE ${bucket} was answered ${reply}`);
    }
  }

  async #repeat(random: Random, next: () => Request): Promise<void> {
    await using client = await LineClient.connect(this.#plan.port);
    while (!this.#isStopped) {
      await this.#ask(client, Array.from({ length: random.pick(BATCHES) }, next));
      await pause(REST_MS);
    }
  }

  /** Lists all buckets, over and over. */
  async #list(): Promise<void> {
    const { front, respPort } = this.#plan;
    await using client = await LineClient.connect(respPort);
    while (!this.#isStopped) {
      const from = nowMicroseconds();
      const [first = ""] = await client.ask("KEYS *");
      const lines = first.startsWith("*") ? await client.readMany(2 * Number(first.slice(1))) : [];
      // Before each name stands its length.
      const names = lines.filter((_, index) => index % 2 === 1).toSorted();
      const reply = first.startsWith("*") ? names : first;
      print([{ kind: "listing", front, from, to: nowMicroseconds(), reply }]);
      await pause(REST_MS);
    }
  }

  #write(random: Random, bucket: string, keys: readonly string[]): Request {
    const key = random.pick(keys);
    const cell = `${bucket} ${key}`;
    const behind = this.#writes.get(cell) ?? 0;
    if (random.chance(20)) return { kind: "get", bucket, key, behind };
    this.#writes.set(cell, behind + 1);
    if (random.chance(10)) return { kind: "delete", bucket, key };
    // The label is the cell's and the write's alone: whoever reads it knows whose it is.
    const value = `${bucket}.${key}.${behind + 1}.${random.pick(LENGTHS_BYTES)}`;
    return { kind: "put", bucket, key, value };
  }

  /** Sends them in one piece, and writes down what each was answered. */
  async #ask(client: LineClient, requests: readonly Request[]): Promise<void> {
    const from = nowMicroseconds();
    client.sendLines(...requests.map(lineOf));
    const lines: JournalLine[] = [];
    for (const request of requests) {
      const first = await client.read();
      const isValue = request.kind === "get" && !/^(?:NOT FOUND|ERROR .*)$/u.test(first);
      const reply = isValue ? await client.read() : first;
      const value = isValue && first !== "" ? { value: labelOf(first) } : {};
      const { front } = this.#plan;
      lines.push({ ...request, ...value, front, from, to: nowMicroseconds(), reply });
    }
    print(lines);
  }
}

function lineOf({ kind, bucket, key, value }: Request): string {
  if (kind === "put") return `PUT ${bucket} ${key} ${valueOf(value ?? "")}`;
  return `${kind === "get" ? "GET" : "DELETE"} ${bucket} ${key}`;
}

function print(lines: readonly JournalLine[]): void {
  process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const [, , text = ""] = process.argv;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what load-process.ts has written
const load = new Load(JSON.parse(text) as LoadPlan);
let task = load.run();
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "stop") load.stop();
  await task;
  if (line === "read") await load.readAll();
  task = Promise.resolve();
  print([{ kind: "done" }]);
}
process.exit(0);
