/**
 * The line protocol, from bytes to requests:
 *
 * ```text
 * request = words LF
 * words   = *white-space [ word *( 1*white-space word ) ] *white-space
 * word    = 1*( any byte that is not part of white space )
 *
 * CREATE bucket · GET bucket key · PUT bucket key value · DELETE bucket key · AUTH name password
 * ```
 *
 * White space is what `whiteSpaceLength` of @kv/kv says; a CR before the LF is part of it. Verbs are upper case.
 */

import { isHttpRequestBeginning, isHttpRequestLine } from "../http-guard.ts";
import type { Piece } from "../piece.ts";
import { plainLimitBytes, type PlainRequest } from "../plain-request.ts";
import type { Decoder, RequestLimits } from "../protocol.ts";
import type { Request } from "../request.ts";
import { Input } from "../input.ts";
import { LineParser, tooLong } from "./parser.ts";

const FOREIGN_PROTOCOL: Request = { type: "foreign-protocol" };

/**
 * Reads requests from lines. Holds at most the line limit and one chunk: of a line that passed the limit
 * nothing is kept, and it is reported as soon as that is known.
 */
export class LineDecoder implements Decoder {
  readonly #limits: RequestLimits;
  readonly #parser: LineParser;
  readonly #input = new Input();
  /** Whether no line has ended, nor passed the limit, so far. */
  #isFirstLine = true;
  /** Whether the current line has passed the limit and is dropped up to its end. */
  #isSkipping = false;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
    this.#parser = new LineParser(limits);
  }

  feed(piece: Piece): void {
    this.#input.lend(piece);
  }

  keep(): number {
    this.#parser.release();
    return this.#input.keep();
  }

  nextPlain(plain: PlainRequest): boolean {
    const input = this.#input;
    if (this.#isSkipping || this.#isFirstLine) return false;
    const { start } = input;
    const end = input.findLineEnd();
    const isShort = end - start <= Math.min(plainLimitBytes, this.#limits.lineLimitBytes);
    if (end === -1 || !isShort || !this.#parser.parsePlain(input, end, plain)) return false;
    input.advance(end + 1);
    return true;
  }

  next(): Request | undefined {
    const input = this.#input;
    if (this.#isSkipping && !this.#skip()) return undefined;
    const { bytes, start } = input;
    const lineEnd = input.findLineEnd();
    const end = lineEnd === -1 ? input.end : lineEnd;
    const { lineLimitBytes } = this.#limits;
    const isTooLong = end - start > lineLimitBytes;
    if (lineEnd === -1 && !isTooLong) return undefined;
    this.#isSkipping = lineEnd === -1;
    input.advance(lineEnd === -1 ? end : end + 1);
    if (this.#isFirstLine) {
      this.#isFirstLine = false;
      // Of a line that is too long, only what was there wherever the bytes were cut is looked at.
      const isHttp = isTooLong
        ? isHttpRequestBeginning(bytes.subarray(start, start + lineLimitBytes))
        : isHttpRequestLine(bytes.subarray(start, end));
      if (isHttp) return FOREIGN_PROTOCOL;
    }
    return isTooLong ? tooLong("line", lineLimitBytes) : this.#parser.parse(bytes, start, end);
  }

  /** Drops the line that is too long as far as it is there; whether it has ended. */
  #skip(): boolean {
    const lineEnd = this.#input.findLineEnd();
    this.#input.advance(lineEnd === -1 ? this.#input.end : lineEnd + 1);
    this.#isSkipping = lineEnd === -1;
    return !this.#isSkipping;
  }
}
