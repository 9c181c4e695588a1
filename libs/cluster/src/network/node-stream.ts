import type { Socket } from "node:net";
import type { Stream, StreamListener } from "./network.ts";
import { hasCode, systemReason } from "./system-reason.ts";

/** How long what was written may take to go out when a stream is ended, in milliseconds. */
const endMs = 1000;

/** Says nothing to nobody. */
const deaf: StreamListener = { received() {}, drained() {}, closed() {} };

/** A socket of Node's as a stream. Its maker passes on what is read. */
export class NodeStream implements Stream {
  listener: StreamListener = deaf;
  readonly peer: string;
  #socket: Socket | undefined;
  #error: Error | undefined;
  /** Whether `drained` is owed. */
  #isBehind = false;
  /** Whether nothing is wanted of it any more. */
  #isDone = false;

  readonly #unheardReason: string | undefined;

  /** `unheardReason`: what it means when the other end closes it without having said anything. */
  constructor(peer: string, unheardReason?: string) {
    this.peer = peer;
    this.#unheardReason = unheardReason;
  }

  /** The socket that it is; to be called once, at once. */
  open(socket: Socket): void {
    this.#socket = socket;
    socket
      .setNoDelay(true)
      .on("error", (error) => (this.#error = error))
      .on("close", () => this.#close());
  }

  /** Something was read. */
  readonly receive = (bytes: Uint8Array): void => {
    if (!this.#isDone) this.listener.received(bytes);
  };

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return true;
    socket.write(bytes, this.#written);
    this.#isBehind = socket.writableLength > 0;
    return !this.#isBehind;
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  end(): void {
    this.#isDone = true;
    const socket = this.#socket;
    if (socket === undefined) return;
    // What still comes in is passed over: unread, it would cost the other end our last words.
    socket.resume().end();
    const deadline = setTimeout(() => socket.destroy(), endMs);
    socket.once("close", () => clearTimeout(deadline));
  }

  destroy(): void {
    this.#isDone = true;
    this.#socket?.destroy();
  }

  readonly #written = (): void => {
    if (!this.#isBehind || this.#socket?.writableLength !== 0) return;
    this.#isBehind = false;
    if (!this.#isDone && !this.#socket.destroyed) this.listener.drained();
  };

  #close(): void {
    this.#isDone = true;
    const error = this.#error;
    this.listener.closed({
      reason: this.#closeReason(error),
      isAbsent: hasCode(error, "ECONNREFUSED", "ENOENT"),
    });
  }

  #closeReason(error: Error | undefined): string {
    const isClosed = error === undefined || hasCode(error, "ECONNRESET", "EPIPE");
    const isUnheard = isClosed && this.#socket?.bytesRead === 0;
    if (isUnheard && this.#unheardReason !== undefined) return this.#unheardReason;
    return error === undefined ? "connection closed" : systemReason(error);
  }
}
