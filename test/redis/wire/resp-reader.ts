import type { RespEntry, RespValue } from "./resp-value.ts";

const CR_LF = Buffer.from("\r\n");

/** Thrown inside, and caught by {@link RespReader.next}: the reply goes on in bytes that have not come. */
class Unfinished extends Error {}

/** Cuts a stream into replies, of RESP2 and RESP3, wherever its chunks end. Throws on bytes that are no reply. */
export class RespReader {
  #chunks: Buffer[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #offset = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  /** The next whole reply, `undefined` when there is none yet. */
  next(): RespValue | undefined {
    if (this.#chunks.length > 0) {
      this.#bytes = Buffer.concat([this.#bytes.subarray(this.#offset), ...this.#chunks]);
      this.#chunks = [];
      this.#offset = 0;
    }
    const start = this.#offset;
    try {
      return this.#value();
    } catch (error) {
      if (!(error instanceof Unfinished)) throw error;
      this.#offset = start;
      return undefined;
    }
  }

  /** What came and is no whole reply yet. */
  get rest(): Buffer {
    return Buffer.concat([this.#bytes.subarray(this.#offset), ...this.#chunks]);
  }

  #value(): RespValue {
    const line = this.#line();
    const text = line.toString("latin1", 1);
    const mark = line.toString("latin1", 0, 1);
    switch (mark) {
      case "+":
        return { type: "simple", text };
      case "-":
        return { type: "error", text };
      case ":":
        return { type: "integer", text: expectFormat(text, /^-?\d+$/u) };
      case ",":
        return { type: "double", text };
      case "#":
        return { type: "boolean", text: expectFormat(text, /^[tf]$/u) };
      case "(":
        return { type: "big-number", text: expectFormat(text, /^-?\d+$/u) };
      case "_":
        expectFormat(text, /^$/u);
        return { type: "null", wire: "_" };
      case "$":
        return text === "-1" ? { type: "null", wire: "$-1" } : this.#blob("bulk", text);
      case "=":
        return this.#blob("verbatim", text);
      case "!":
        return this.#blob("blob-error", text);
      case "*":
        return text === "-1" ? { type: "null", wire: "*-1" } : this.#list("array", text);
      case "~":
        return this.#list("set", text);
      case ">":
        return this.#list("push", text);
      case "%":
        return this.#map("map", text);
      case "|":
        return this.#map("attribute", text);
      default:
        throw new SyntaxError(
          `Cannot read ${JSON.stringify(line.toString("latin1"))}: no reply begins so`,
        );
    }
  }

  #line(): Buffer {
    const end = this.#bytes.indexOf(CR_LF, this.#offset);
    if (end === -1) throw new Unfinished();
    const line = this.#bytes.subarray(this.#offset, end);
    this.#offset = end + CR_LF.length;
    return line;
  }

  #blob(type: "bulk" | "verbatim" | "blob-error", length: string): RespValue {
    const end = this.#offset + count(length);
    if (this.#bytes.length < end + CR_LF.length) throw new Unfinished();
    const bytes = Buffer.from(this.#bytes.subarray(this.#offset, end));
    if (!this.#bytes.subarray(end, end + CR_LF.length).equals(CR_LF)) {
      throw new SyntaxError("Cannot read a string: CR LF is not where its length says");
    }
    this.#offset = end + CR_LF.length;
    return { type, bytes };
  }

  #list(type: "array" | "set" | "push", length: string): RespValue {
    return { type, items: Array.from({ length: count(length) }, () => this.#value()) };
  }

  #map(type: "map" | "attribute", length: string): RespValue {
    const entry = (): RespEntry => [this.#value(), this.#value()];
    return { type, entries: Array.from({ length: count(length) }, entry) };
  }
}

function count(text: string): number {
  return Number(expectFormat(text, /^\d{1,9}$/u));
}

function expectFormat(text: string, format: RegExp): string {
  if (format.test(text)) return text;
  throw new SyntaxError(`Cannot read ${JSON.stringify(text)}: expected ${format}`);
}
