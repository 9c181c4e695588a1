import { setImmediate as aTurn } from "node:timers/promises";
import type { Kv } from "@kv/kv";
import { pieceOf } from "../src/piece.ts";
import type { OutputBuffer } from "../src/output-buffer.ts";
import { respProtocol } from "../src/resp/resp-protocol.ts";
import { Session } from "../src/session.ts";
import { request } from "./talk.ts";
import { createTestDoor, SOMEBODY } from "./test-door.ts";

/** A client of RESP that sends and does not wait, at a real session without a socket. What it looks at afterwards is gone. */
export class Pipeline {
  /** All that was answered, one character for a byte. */
  output = "";
  readonly #session: Session;
  readonly #buffer: OutputBuffer;
  readonly #roomBytes: number;
  #hasProgressed = false;
  #bug: { readonly error: unknown } | undefined;

  /** `roomBytes` is what may be pending before no further request is executed. */
  constructor(kv: Kv, roomBytes = Number.POSITIVE_INFINITY) {
    this.#roomBytes = roomBytes;
    const door = createTestDoor(kv, respProtocol);
    this.#buffer = door.output;
    this.#session = new Session(door, {
      client: SOMEBODY,
      onProgress: () => {
        this.#hasProgressed = true;
      },
      onBug: (error) => {
        this.#bug = { error };
      },
    });
  }

  /** Whether a request has been executed and not answered. */
  get owesReplies(): boolean {
    return this.#session.owesReplies;
  }

  /** What waits to be answered weighs, in bytes. */
  get pendingBytes(): number {
    return this.#session.pendingBytes;
  }

  /** Sends a request, and has the session do what it can. */
  send(...words: readonly string[]): void {
    const bytes = Buffer.from(request(...words), "latin1");
    this.#session.feed(pieceOf(bytes));
    this.#goOn();
    bytes.fill(0xee);
  }

  /** Lets a turn pass, and has the session go on if it has said that it can. Throws what it takes for a bug. */
  async turn(): Promise<void> {
    await aTurn();
    while (this.#hasProgressed) {
      this.#hasProgressed = false;
      this.#goOn();
      await aTurn();
    }
    if (this.#bug !== undefined) throw new Error("a bug", { cause: this.#bug.error });
  }

  #goOn(): void {
    let isFull: boolean;
    do {
      isFull = this.#session.execute(this.#roomBytes) === "full";
      this.#session.deliver();
      this.#session.keepInput();
      isFull &&= this.#session.pendingBytes < this.#roomBytes || this.#buffer.length > 0;
      this.output += Buffer.from(this.#buffer.view()).toString("latin1");
      this.#buffer.clear();
    } while (isFull);
  }
}
