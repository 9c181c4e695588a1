import type { Socket } from "node:net";
import { ApplicationError } from "../../errors.ts";
import type { Time } from "../../time.ts";
import { within } from "../../time.ts";
import { encodeBytes, encodeMessage, type Frame, FrameDecoder, FrameFlaw } from "./frame.ts";

/** How much is read ahead of whoever receives, in bytes: reading on is the only way to see that the other end is gone. */
const readAheadBytes = 1024 * 1024;

/** How long the other end may take to close when this one has nothing more to say, in milliseconds. */
const lingerMs = 1_000;

/** A socket that carries frames, with back-pressure in both directions. */
export class FrameLink {
  readonly #socket: Socket;
  readonly #decoder: FrameDecoder;
  readonly #gone = new AbortController();
  /** Pending while somebody waits for input, or for room for output. */
  #input = Promise.withResolvers<void>();
  #room: PromiseWithResolvers<void> | undefined;
  #hasEnded = false;

  /** Takes over `socket`. Frames longer than `limitBytes` end the connection. */
  constructor(socket: Socket, limitBytes: number) {
    this.#socket = socket;
    this.#decoder = new FrameDecoder(limitBytes);
    socket
      .on("data", (bytes: Buffer) => this.#take(bytes))
      .on("end", () => this.#endInput())
      // Always followed by "close".
      .on("error", () => {})
      .on("drain", () => this.#makeRoom())
      .on("close", () => this.#close());
  }

  /** Aborted, with `CONTROL_GONE` as its reason, when the other end is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** From now on frames up to this length are taken. */
  raiseLimit(limitBytes: number): void {
    this.#decoder.limitBytes = limitBytes;
  }

  /**
   * The next frame; `undefined` when the other end has no more to say. To be asked by one at a time. Throws
   * `CONTROL_PROTOCOL` when what came in is no frame.
   */
  async receive(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#next();
      this.#regulate();
      if (frame !== undefined || this.#hasEnded) return frame;
      this.#input = Promise.withResolvers();
      await this.#input.promise;
    }
  }

  /** Sends a message; resolves when there is room for more, rejects with `CONTROL_GONE`. */
  send(message: unknown): Promise<void> {
    return this.sendJson(JSON.stringify(message));
  }

  /** Sends a message that is JSON text already. */
  sendJson(text: string): Promise<void> {
    return this.#write(encodeMessage(text));
  }

  /** Sends bytes, which are copied; otherwise like {@link send}. */
  sendBytes(bytes: Uint8Array): Promise<void> {
    return this.#write(encodeBytes(bytes));
  }

  /** Closes once all that was sent is out. What still comes in is passed over: unread, it would cost the other end our last words. */
  async finish(time: Time): Promise<void> {
    this.#socket.removeAllListeners("data").resume().end();
    if (!this.gone.aborted) {
      const closed = Promise.withResolvers<void>();
      this.gone.addEventListener("abort", () => closed.resolve(), { once: true });
      await within(closed.promise, lingerMs, time);
    }
    this.#socket.destroy();
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  #next(): Frame | undefined {
    try {
      return this.#decoder.next();
    } catch (error) {
      if (!(error instanceof FrameFlaw)) throw error;
      throw new ApplicationError("CONTROL_PROTOCOL", { reason: error.message });
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.gone.throwIfAborted();
    if (this.#socket.write(bytes)) return;
    this.#room ??= Promise.withResolvers();
    await this.#room.promise;
    this.gone.throwIfAborted();
  }

  #take(bytes: Buffer): void {
    this.#decoder.push(bytes);
    this.#regulate();
    this.#input.resolve();
  }

  #regulate(): void {
    if (this.#hasEnded) return;
    const { keptBytes, hasEnough } = this.#decoder;
    if (keptBytes >= readAheadBytes && hasEnough) this.#socket.pause();
    else this.#socket.resume();
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #endInput(): void {
    this.#hasEnded = true;
    this.#input.resolve();
  }

  #close(): void {
    this.#endInput();
    const reason = "the other end is gone";
    this.#gone.abort(new ApplicationError("CONTROL_GONE", { reason }));
    this.#makeRoom();
  }
}
