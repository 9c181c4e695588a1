const initialBytes = 64 * 1024;

/** Memory that has grown beyond this is not kept when it has been emptied. */
const keptBytes = 1024 * 1024;

/**
 * Where frames gather before they are written: memory that is used again, unless it is given away. It is to be written to
 * directly, since a call for every byte is what it is to save: `const at = reserve(n)`, then `bytes[at]` and on.
 */
export class FrameBuffer {
  /** The memory; another one after every {@link FrameBuffer.reserve}. */
  bytes = Buffer.allocUnsafeSlow(initialBytes);
  /** How many bytes of it are in use. */
  length = 0;

  /** Makes room for so many bytes behind what is there; they are in use once `length` says so. Returns where they begin. */
  reserve(count: number): number {
    const needed = this.length + count;
    if (needed > this.bytes.length) this.#grow(needed);
    return this.length;
  }

  /** What is in use, not copied. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Empties it; its memory will be written to again. */
  clear(): void {
    if (this.bytes.length > keptBytes) this.giveAway();
    else this.length = 0;
  }

  /** Empties it and leaves its memory to whoever holds a view of it. */
  giveAway(): void {
    this.bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.length = 0;
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    grown.set(this.view());
    this.bytes = grown;
  }
}
