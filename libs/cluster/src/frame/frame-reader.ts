import { headerBytes, lengthBytes } from "./frame-format.ts";
import { readU32 } from "./little-endian.ts";

/** Takes each frame without its length: it lies from `start` to `end`, and may be overwritten when the push that brings it is over. */
export type ReceiveFrame = (bytes: Uint8Array, start: number, end: number) => void;

/** Frames up to this length, which are all but a few, are put together in memory that is kept. */
const keptBytes = 4096;

/**
 * Cuts what comes in into frames. A frame that is whole within a piece is handed out where it lies. One that is not is
 * copied, each byte once, into memory of its announced length, which was judged before.
 */
export class FrameReader {
  readonly #limitBytes: number;
  readonly #receive: ReceiveFrame;
  #kept = new Uint8Array(keptBytes);
  /** Where the next frame is put together, while the one before may still be looked at. */
  #spare = new Uint8Array(keptBytes);
  /** The frame that is not whole yet, with its length before it; as much as is there of it. */
  #partial: Uint8Array = this.#kept;
  #partialBytes = 0;
  #isStopped = false;

  /** `limitBytes`: the longest frame, without its length. */
  constructor(limitBytes: number, receive: ReceiveFrame) {
    this.#limitBytes = limitBytes;
    this.#receive = receive;
  }

  /** Hands out all frames that are whole now. False when what came in is no frame, and no use can be made of the rest. */
  push(bytes: Uint8Array): boolean {
    let at = this.#partialBytes === 0 ? 0 : this.#complete(bytes);
    if (at < 0) return false;
    const end = bytes.length;
    while (end - at >= lengthBytes && !this.#isStopped) {
      const length = readU32(bytes, at);
      if (!this.#isPossible(length)) return false;
      const next = at + lengthBytes + length;
      if (next > end) break;
      this.#receive(bytes, at + lengthBytes, next);
      at = next;
    }
    if (at < end && !this.#isStopped) this.#keep(bytes, at);
    return true;
  }

  /** Hands out nothing more, not even what lies behind the frame that is being handed out. */
  stop(): void {
    this.#isStopped = true;
    this.#partial = this.#kept;
    this.#partialBytes = 0;
  }

  #isPossible(length: number): boolean {
    return length >= headerBytes - lengthBytes && length <= this.#limitBytes;
  }

  /** Adds to the partial frame. Where the rest of `bytes` begins, or -1 for what is no frame. */
  #complete(bytes: Uint8Array): number {
    let at = 0;
    while (this.#partialBytes < lengthBytes) {
      if (at === bytes.length) return at;
      this.#partial[this.#partialBytes++] = bytes[at++]!;
    }
    const length = readU32(this.#partial, 0);
    if (!this.#isPossible(length)) return -1;
    const whole = lengthBytes + length;
    this.#makeRoom(whole);
    const added = Math.min(whole - this.#partialBytes, bytes.length - at);
    this.#partial.set(bytes.subarray(at, at + added), this.#partialBytes);
    this.#partialBytes += added;
    if (this.#partialBytes < whole) return at + added;
    const frame = this.#partial;
    [this.#kept, this.#spare] = [this.#spare, this.#kept];
    this.#partial = this.#kept;
    this.#partialBytes = 0;
    this.#receive(frame, lengthBytes, whole);
    return at + added;
  }

  #keep(bytes: Uint8Array, at: number): void {
    const rest = bytes.length - at;
    if (rest >= lengthBytes) this.#makeRoom(lengthBytes + readU32(bytes, at));
    this.#partial.set(bytes.subarray(at), 0);
    this.#partialBytes = rest;
  }

  #makeRoom(wholeBytes: number): void {
    if (wholeBytes <= this.#partial.length) return;
    const room = new Uint8Array(wholeBytes);
    room.set(this.#partial.subarray(0, this.#partialBytes));
    this.#partial = room;
  }
}
