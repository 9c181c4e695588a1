import assert from "node:assert/strict";
import type { LineClient } from "./line-client.ts";

/** How a client writes a value, and reads it: what it sends, and what comes back when all is well. */
export interface Dialect {
  put(bucket: string, key: string, value: string): string;
  get(bucket: string, key: string): string;
  /** Lines of an answer to `put`. */
  readonly putAnswers: readonly RegExp[];
  /** Lines of an answer to `get` of a value. */
  getAnswers(value: string): readonly string[];
}

/** The line protocol. */
export const lineDialect: Dialect = {
  put: (bucket, key, value) => `PUT ${bucket} ${key} ${value}`,
  get: (bucket, key) => `GET ${bucket} ${key}`,
  putAnswers: [/^OK$/u],
  getAnswers: (value) => [value, "OK"],
};

/** RESP, by inline commands. */
export const respDialect: Dialect = {
  put: (bucket, key, value) => `HSET ${bucket} ${key} ${value}`,
  get: (bucket, key) => `HGET ${bucket} ${key}`,
  putAnswers: [/^:[01]$/u],
  getAnswers: (value) => [`$${value.length}`, value],
};

/**
 * A client that writes to some buckets, each time a later value to keys of its own, and reads what it has just written in the same
 * pipeline. All has to be acknowledged, in order, and every read has to see the write before it.
 */
export class AuditedWriter {
  readonly #client: LineClient;
  readonly #dialect: Dialect;
  readonly #name: string;
  readonly #buckets: readonly string[];
  readonly #latest = new Map<string, string>();
  #round = 0;
  #isWanted = true;
  #done: Promise<void> | undefined;

  constructor(
    client: LineClient,
    { name, dialect, buckets }: { name: string; dialect: Dialect; buckets: readonly string[] },
  ) {
    this.#client = client;
    this.#name = name;
    this.#dialect = dialect;
    this.#buckets = buckets;
  }

  /** How many writes were acknowledged. */
  get rounds(): number {
    return this.#round;
  }

  /** Writes until {@link AuditedWriter.stop}. */
  start(): this {
    this.#done = this.#run();
    this.#done.catch(() => undefined);
    return this;
  }

  /** Writes no more; rejects with what was wrong. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#done;
  }

  /** Reads every value back through `client`. */
  async audit(client: LineClient, dialect: Dialect): Promise<void> {
    for (const [place, value] of this.#latest) {
      const [bucket = "", key = ""] = place.split(" ");
      const expected = dialect.getAnswers(value);
      const answer = await client.ask(dialect.get(bucket, key), expected.length);
      assert.deepEqual(answer, expected, place);
    }
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      const value = String(++this.#round);
      const key = `${this.#name}${this.#round % 20}`;
      this.#client.sendLines(
        ...this.#buckets.flatMap((bucket) => [
          this.#dialect.put(bucket, key, value),
          this.#dialect.get(bucket, key),
        ]),
      );
      for (const bucket of this.#buckets) {
        for (const pattern of this.#dialect.putAnswers) {
          assert.match(await this.#client.read(), pattern, `${bucket} ${key}`);
        }
        const expected = this.#dialect.getAnswers(value);
        assert.deepEqual(
          await this.#client.readMany(expected.length),
          expected,
          `${bucket} ${key}`,
        );
        this.#latest.set(`${bucket} ${key}`, value);
      }
    }
  }
}
