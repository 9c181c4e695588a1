/**
 * What crosses a control socket, in both directions.
 *
 * ```text
 * frame   = length kind payload
 * length  = 4 bytes, big endian: the bytes of kind and payload together, at least 1
 * kind    = %x00 a message: JSON in UTF-8 / %x01 bytes of a command's own
 * ```
 *
 * ```text
 *   0       4    5              4 + length
 *   +-------+----+--------------+
 *   | length|kind| payload      |
 *   +-------+----+--------------+
 * ```
 *
 * The length stands first, and not a line feed at the end, so that a frame that is too long is refused before any of it
 * is kept, so that nothing is searched, and so that an export's lines cross as the bytes they are, in no JSON text.
 */
export type Frame =
  | { readonly type: "message"; readonly message: unknown }
  /** Belongs to whoever receives it. */
  | { readonly type: "bytes"; readonly bytes: Uint8Array };

/** Bytes of the length, and of length and kind. */
const lengthBytes = 4;
const headerBytes = 5;

const messageKind = 0;
const bytesKind = 1;

/** What is wrong with what came in. */
export class FrameFlaw extends Error {
  override readonly name = "FrameFlaw";
}

/** The frame of a message, whose JSON is `text`. */
export function encodeMessage(text: string): Uint8Array {
  return encode(messageKind, Buffer.from(text));
}

/** The frame of bytes, which are copied. */
export function encodeBytes(bytes: Uint8Array): Uint8Array {
  return encode(bytesKind, bytes);
}

function encode(kind: number, payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length);
  frame.writeUInt32BE(payload.length + 1, 0);
  frame[lengthBytes] = kind;
  frame.set(payload, headerBytes);
  return frame;
}

/** Puts frames together however they were cut. How much it is given ahead of being asked is up to its owner. */
export class FrameDecoder {
  /** The longest frame that is taken, in bytes behind its length. May be raised at any time. */
  limitBytes: number;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  /** What has to be there before it is worth looking. */
  #neededBytes = headerBytes;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** The next frame of what was pushed, `undefined` when it is not complete. Throws a {@link FrameFlaw}. */
  next(): Frame | undefined {
    while (this.hasEnough) {
      const bytes = this.#joined();
      const length = bytes.readUInt32BE(0);
      if (length === 0) throw new FrameFlaw("a frame is empty");
      if (length > this.limitBytes) {
        throw new FrameFlaw(`a frame has ${length} bytes, the limit is ${this.limitBytes}`);
      }
      this.#neededBytes = lengthBytes + length;
      if (bytes.length < this.#neededBytes) return undefined;
      const payload = bytes.subarray(headerBytes, this.#neededBytes);
      this.#keep(bytes.subarray(this.#neededBytes));
      return decode(bytes[lengthBytes], payload);
    }
    return undefined;
  }

  /** Bytes that were pushed and not yet handed out. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Whether it is worth asking for the next frame: it is complete, or at least its length is there. */
  get hasEnough(): boolean {
    return this.#keptBytes >= this.#neededBytes;
  }

  /** Takes what came in. The array belongs to the decoder from now on. */
  push(bytes: Uint8Array): void {
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
  }

  /** All there is, as one piece; done only when a header or a frame is complete, so that nothing is copied often. */
  #joined(): Buffer {
    const [first] = this.#kept;
    const joined =
      this.#kept.length === 1 && first !== undefined ? first : Buffer.concat(this.#kept);
    this.#kept = [joined];
    return Buffer.from(joined.buffer, joined.byteOffset, joined.length);
  }

  #keep(rest: Uint8Array): void {
    this.#kept = rest.length === 0 ? [] : [rest];
    this.#keptBytes = rest.length;
    this.#neededBytes = headerBytes;
  }
}

function decode(kind: number | undefined, payload: Buffer): Frame {
  if (kind === bytesKind) return { type: "bytes", bytes: payload };
  if (kind !== messageKind) throw new FrameFlaw(`there are no frames of kind ${kind}`);
  try {
    return { type: "message", message: JSON.parse(payload.toString("utf8")) };
  } catch (error) {
    if (error instanceof SyntaxError) throw new FrameFlaw("a message is no JSON");
    throw error;
  }
}
