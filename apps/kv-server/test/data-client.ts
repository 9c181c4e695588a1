import { EventEmitter, once } from "node:events";
import type { Kv } from "@kv/kv";
import { pieceOf } from "../src/piece.ts";
import type { ServerEnvironment } from "../src/environment.ts";
import type { OutputBuffer } from "../src/output-buffer.ts";
import type { RespVersion } from "../src/resp/conversation.ts";
import { respProtocol } from "../src/resp/resp-protocol.ts";
import { Session } from "../src/session.ts";
import { defaults } from "./start-test-listener.ts";
import { createTestDoor, SOMEBODY } from "./test-door.ts";

/** What a test may put in the place of the usual. */
export interface DataClientOptions {
  readonly version?: RespVersion;
  readonly environment?: Partial<ServerEnvironment>;
  /** 0 by default. */
  readonly unixTimeMs?: () => number;
  /** 0 by default. */
  readonly random?: () => number;
}

/**
 * A client that speaks RESP to a real session, without a socket between: what the session would write comes back, one
 * character for a byte.
 */
export class DataClient {
  readonly #session: Session;
  readonly #output: OutputBuffer;
  readonly #progress = new EventEmitter();
  #bug: { readonly error: unknown } | undefined;

  constructor(kv: Kv, options: DataClientOptions = {}) {
    const { version = 2, unixTimeMs = () => 0, random = () => 0 } = options;
    const environment = { ...defaults(), ...options.environment };
    const door = createTestDoor(kv, respProtocol, { environment, unixTimeMs, random });
    this.#output = door.output;
    this.#session = new Session(door, {
      client: SOMEBODY,
      onProgress: () => this.#progress.emit("progress"),
      onBug: (error) => {
        this.#bug = { error };
        this.#progress.emit("progress");
      },
    });
    this.askAtOnce("HELLO", String(version));
  }

  /** What is answered to one request: its words as text, one byte for a character, or as bytes. */
  async ask(...words: readonly (string | Uint8Array)[]): Promise<string> {
    const reply = this.askAtOnce(...words);
    return reply ?? this.owed();
  }

  /** The same when it is answered at once; otherwise `undefined`, and the reply is still owed. */
  askAtOnce(...words: readonly (string | Uint8Array)[]): string | undefined {
    const request = encode(words);
    this.#session.feed(pieceOf(request));
    this.#session.execute(Number.POSITIVE_INFINITY);
    this.#session.deliver();
    this.#session.keepInput();
    // As the shared read buffer of a listener is: whoever still looks at the request sees nonsense.
    request.fill(0xee);
    return this.#session.owesReplies ? undefined : this.#taken();
  }

  /** All replies that are owed, when the last of them is there. */
  async owed(): Promise<string> {
    for (;;) {
      // There may have been progress that nobody waited for.
      this.#session.execute(Number.POSITIVE_INFINITY);
      this.#session.deliver();
      if (!this.#session.owesReplies || this.#bug !== undefined) break;
      await once(this.#progress, "progress");
    }
    if (this.#bug !== undefined) throw new Error("a bug", { cause: this.#bug.error });
    return this.#taken();
  }

  #taken(): string {
    const text = Buffer.from(this.#output.view()).toString("latin1");
    this.#output.clear();
    return text;
  }
}

function encode(words: readonly (string | Uint8Array)[]): Buffer {
  const parts = words.map((word) =>
    typeof word === "string" ? Buffer.from(word, "latin1") : Buffer.from(word),
  );
  return Buffer.concat([
    Buffer.from(`*${words.length}\r\n`),
    ...parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from("\r\n")]),
  ]);
}
