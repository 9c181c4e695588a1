import { once } from "node:events";
import { EventEmitter } from "node:events";
import type { Kv } from "@kv/kv";
import type { Client } from "../src/client.ts";
import type { ServerEnvironment } from "../src/environment.ts";
import type { FrontDoor } from "../src/front-door.ts";
import { OutputBuffer } from "../src/output-buffer.ts";
import { PendingTotal } from "../src/pending-total.ts";
import type { Decoder, Protocol } from "../src/protocol.ts";
import type { Request } from "../src/request.ts";
import type { Arguments } from "../src/resp/arguments.ts";
import { dataCommands } from "../src/resp/commands/data/data-commands.ts";
import type { RespVersion } from "../src/resp/conversation.ts";
import { ServerLog } from "../src/server-log.ts";
import { Session } from "../src/session.ts";
import { adoptIntoSharedBuffer } from "../src/socket.ts";
import { Users } from "../src/users.ts";
import { defaults } from "./start-test-listener.ts";

/** What a test may put in the place of the usual. */
export interface DataClientOptions {
  readonly version?: RespVersion;
  readonly environment?: Partial<ServerEnvironment>;
  readonly unixTimeMs?: () => number;
  readonly random?: () => number;
}

/**
 * A client of the data commands without a socket and without a decoder: words go to the commands' rows and through a
 * real session, and what it would write comes back, one character for a byte.
 */
export class DataClient {
  readonly #words: (readonly Uint8Array[])[] = [];
  readonly #session: Session;
  readonly #output = new OutputBuffer();
  readonly #progress = new EventEmitter();
  #bug: unknown;

  constructor(kv: Kv, options: DataClientOptions = {}) {
    const { version = 2, unixTimeMs = () => 0, random = () => 0 } = options;
    const environment = { ...defaults(), ...options.environment };
    const protocol: Protocol = {
      createDecoder: () => this.#decoder(version),
      encode: (reply) => {
        throw new Error(`a data command has a form for ${reply.type}`);
      },
    };
    const door: FrontDoor = {
      kv,
      protocol,
      environment,
      users: new Users(() => environment.users, {}),
      output: this.#output,
      pending: new PendingTotal(() => environment.pendingTotalLimitBytes),
      log: new ServerLog(kv.node, () => 0),
      adopt: adoptIntoSharedBuffer(),
      clients: NOBODY,
      clock: () => 0,
      unixTimeMs,
      random,
    };
    this.#session = new Session(door, {
      client: SOMEBODY,
      onProgress: () => this.#progress.emit("progress"),
      onBug: (error) => {
        this.#bug = error;
        this.#progress.emit("progress");
      },
    });
  }

  /** What is answered to one request: its words as text, one byte for a character, or as bytes. */
  async ask(...words: readonly (string | Uint8Array)[]): Promise<string> {
    const reply = this.askAtOnce(...words);
    if (reply !== undefined) return reply;
    while (this.#session.owesReplies && this.#bug === undefined) {
      await once(this.#progress, "progress");
      this.#session.execute(Number.POSITIVE_INFINITY);
      this.#session.deliver();
    }
    if (this.#bug !== undefined) throw this.#bug;
    return this.#taken();
  }

  /** The same when it is answered at once; otherwise `undefined`, and the reply is still owed. */
  askAtOnce(...words: readonly (string | Uint8Array)[]): string | undefined {
    this.#words.push(
      words.map((word) => (typeof word === "string" ? Buffer.from(word, "latin1") : word)),
    );
    this.#session.execute(Number.POSITIVE_INFINITY);
    return this.#session.owesReplies ? undefined : this.#taken();
  }

  #taken(): string {
    const text = Buffer.from(this.#output.view()).toString("latin1");
    this.#output.clear();
    return text;
  }

  #decoder(version: RespVersion): Decoder {
    const conversation = { version };
    return {
      feed: () => {},
      keep: () => 0,
      next: (): Request | undefined => {
        const words = this.#words.shift();
        if (words === undefined) return undefined;
        const name = Buffer.from(words[0] ?? []).toString("latin1");
        const row = dataCommands.find((each) => each.name === name.toUpperCase());
        if (row === undefined) throw new Error(`there is no command ${name}`);
        if (row.arity < 0 ? words.length < -row.arity : words.length !== row.arity) {
          throw new Error(`${name} does not take ${words.length} words`);
        }
        return row.request(argumentsOf(words), conversation);
      },
    };
  }
}

const NOBODY = { size: 0, [Symbol.iterator]: () => [][Symbol.iterator]() };

const SOMEBODY: Client = {
  id: 1,
  peer: "127.0.0.1:1",
  local: "127.0.0.1:2",
  acceptedAtMs: 0,
  activeAtMs: 0,
  user: undefined,
  cut: () => {},
  drain: () => {},
};

function argumentsOf(words: readonly Uint8Array[]): Arguments {
  const at = (index: number): Uint8Array => {
    const word = words[index];
    if (word === undefined) throw new RangeError(`there is no word ${index}`);
    return word;
  };
  return {
    count: words.length,
    bytes: at,
    text: (index) => Buffer.from(at(index)).toString("latin1"),
  };
}
