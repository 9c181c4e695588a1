import { encodeRequest, RespClient } from "../wire/resp-client.ts";
import { itemsOf, type RespValue, textOf } from "../wire/resp-value.ts";
import { lowerCase, type Words } from "./script.ts";

/** The protocol a connection speaks. */
export type Version = 2 | 3;

/** A scan that has not come to its end after so many calls goes in a circle. */
const SCAN_CALL_LIMIT = 10_000;

/** One connection to one of the servers that are compared. */
export class Contender implements AsyncDisposable {
  readonly #client: RespClient;

  static async connect(port: number, version: Version): Promise<Contender> {
    const client = await RespClient.connect(port);
    if (version === 3) {
      const reply = await client.ask("HELLO", "3");
      if (reply.type !== "map") throw new Error(`HELLO 3 was answered by ${reply.type}`);
    }
    return new Contender(client);
  }

  private constructor(client: RespClient) {
    this.#client = client;
  }

  /** The reply to `words`; a scan that begins with cursor 0 is gone through to its end. `undefined`: the connection was closed. */
  async play(words: Words): Promise<RespValue | undefined> {
    this.#client.send(encodeRequest(words));
    const reply = await this.#client.read();
    return isScan(words) ? this.#scanOn(words, reply) : reply;
  }

  /** The replies to all of `requests`, sent in one write. */
  async playAtOnce(requests: readonly Words[]): Promise<readonly (RespValue | undefined)[]> {
    this.#client.send(Buffer.concat(requests.map((words) => encodeRequest(words))));
    const replies: (RespValue | undefined)[] = [];
    for (const _ of requests) replies.push(await this.#client.read());
    return replies;
  }

  /** Sends bytes that need be no request, and then no more; all that comes back until the connection is closed. */
  async playBytes(bytes: Buffer): Promise<readonly RespValue[]> {
    this.#client.send(bytes);
    this.#client.end();
    const replies: RespValue[] = [];
    for (let reply = await this.#client.read(); reply !== undefined; ) {
      replies.push(reply);
      reply = await this.#client.read();
    }
    return replies;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  /** One reply in place of all that a scan takes: where calls end is each server's own affair, and order is free. */
  async #scanOn(words: Words, first: RespValue | undefined): Promise<RespValue | undefined> {
    const items = new Map<string, RespValue>();
    let reply = first;
    for (let calls = 1; calls < SCAN_CALL_LIMIT; calls += 1) {
      const [cursor, page, ...others] = itemsOf(reply);
      if (cursor?.type !== "bulk" || page?.type !== "array" || others.length > 0) return reply;
      for (const [text, item] of pieces(words, page.items)) items.set(text, item);
      const next = textOf(cursor);
      if (next === "0") {
        const sorted = [...items.keys()].toSorted().flatMap((text) => items.get(text) ?? []);
        return { type: "array", items: [cursor, { type: "array", items: sorted }] };
      }
      this.#client.send(encodeRequest(withCursor(words, next ?? "")));
      reply = await this.#client.read();
    }
    throw new Error(`A scan did not end in ${SCAN_CALL_LIMIT} calls`);
  }
}

function cursorIndex(words: Words): number {
  return lowerCase(words[0]) === "hscan" ? 2 : 1;
}

function isScan(words: Words): boolean {
  const name = lowerCase(words[0]);
  const cursor = words[cursorIndex(words)];
  // Redis takes the empty word for 0.
  return (
    (name === "scan" || name === "hscan") && (cursor?.length === 0 || lowerCase(cursor) === "0")
  );
}

function withCursor(words: Words, cursor: string): Words {
  return words.with(cursorIndex(words), Buffer.from(cursor));
}

/** What a page holds, each with the text it is known by: names, or for HSCAN keys with their values. */
function pieces(
  words: Words,
  items: readonly RespValue[],
): readonly (readonly [string, RespValue])[] {
  const size = lowerCase(words[0]) === "hscan" ? 2 : 1;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => {
    const piece = items.slice(index * size, (index + 1) * size);
    const held: RespValue =
      piece.length === 1 && piece[0] !== undefined ? piece[0] : { type: "array", items: piece };
    return [JSON.stringify(piece.map((item) => textOf(item))), held];
  });
}
