import { bodyLimitBytes, magic, messageHeaderBytes, preambleBytes } from "./handshake-message.ts";

/** With what TLS begins: a record of its alerts, or one of its handshake. */
const tlsRecords: ReadonlySet<number> = new Set([21, 22]);

/** One thing that the other end has said. */
export type Said =
  | { readonly type: "preamble"; readonly version: number }
  | { readonly type: "message"; readonly kind: number; readonly body: Uint8Array }
  /** The other end speaks TLS, where this one does not. */
  | { readonly type: "tls" }
  /** It is nothing that a node says. */
  | { readonly type: "nonsense" };

/**
 * Puts together what is said in a handshake, and takes not a byte beyond: what follows is for somebody else. Keeps one
 * message at most, and no more of it than is there.
 */
export class MessageReader {
  readonly #bytes = new Uint8Array(messageHeaderBytes + bodyLimitBytes);
  #length = 0;
  #hasPreamble = false;

  /**
   * Reads `bytes` from `at` on until something is whole, or they are used up. Returns what was said, if anything was, and
   * where it stopped.
   */
  read(bytes: Uint8Array, at: number): { readonly said: Said | undefined; readonly at: number } {
    let next = at;
    for (;;) {
      const wanted = this.#wholeLength() - this.#length;
      const piece = bytes.subarray(next, next + wanted);
      this.#bytes.set(piece, this.#length);
      this.#length += piece.length;
      next += piece.length;
      const said = this.#said();
      if (said !== undefined || piece.length === 0) return { said, at: next };
    }
  }

  /** How many bytes are needed before the next thing is whole, or its length is known. */
  #wholeLength(): number {
    if (!this.#hasPreamble) return preambleBytes;
    if (this.#length < messageHeaderBytes) return messageHeaderBytes;
    return messageHeaderBytes + Math.min(this.#bodyLength(), bodyLimitBytes);
  }

  #bodyLength(): number {
    return u16(this.#bytes, 1);
  }

  #said(): Said | undefined {
    return this.#hasPreamble ? this.#message() : this.#preamble();
  }

  #preamble(): Said | undefined {
    const bytes = this.#bytes;
    const isMagic = magic.every((byte, index) => index >= this.#length || bytes[index] === byte);
    if (!isMagic) return { type: tlsRecords.has(bytes[0] ?? 0) ? "tls" : "nonsense" };
    if (this.#length < preambleBytes) return undefined;
    this.#hasPreamble = true;
    this.#length = 0;
    return { type: "preamble", version: u16(bytes, magic.length) };
  }

  #message(): Said | undefined {
    if (this.#length < messageHeaderBytes) return undefined;
    if (this.#bodyLength() > bodyLimitBytes) return { type: "nonsense" };
    const end = messageHeaderBytes + this.#bodyLength();
    if (this.#length < end) return undefined;
    this.#length = 0;
    const body = this.#bytes.slice(messageHeaderBytes, end);
    return { type: "message", kind: this.#bytes[0] ?? 0, body };
  }
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
}
