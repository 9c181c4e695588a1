import type { Scan } from "../../../execute/command.ts";
import { Glob, patternLimitBytes } from "../../../execute/glob.ts";
import type { Request } from "../../../request.ts";
import type { Arguments } from "../../arguments.ts";
import { answerError } from "../../answers.ts";
import { NOT_AN_INTEGER, SYNTAX_ERROR } from "./argument-error.ts";
import { int64At, safeNumber } from "./numbers.ts";

/** What a scan looks at when it is not said. */
const defaultCount = 10;

const INVALID_CURSOR = answerError("ERR invalid cursor");
const LONG_PATTERN = answerError(
  `ERR the pattern is longer than the limit of ${patternLimitBytes} bytes`,
);
const ALL = Buffer.from("*");

/** What the words of a scan come to, or the request that tells what is wrong with them. */
export type ScanWords =
  | { readonly type: "scan"; readonly scan: Scan; readonly hashes: boolean }
  | { readonly type: "wrong"; readonly request: Request };

/**
 * Reads a cursor at `at` and the options behind it. `takesType`: TYPE is one of them; `hashes` is false when it asks for
 * another type than the one there is.
 */
export function scanWords(words: Arguments, at: number, takesType: boolean): ScanWords {
  const cursor = cursorAt(words, at);
  if (cursor === null) return wrong(INVALID_CURSOR);
  let count = defaultCount;
  let pattern: Glob | undefined;
  let hashes = true;
  for (let index = at + 1; index < words.count; index += 2) {
    const option = words.text(index).toUpperCase();
    if (index + 1 >= words.count) return wrong(SYNTAX_ERROR);
    if (option === "COUNT") {
      const value = int64At(words, index + 1);
      if (value === undefined) return wrong(NOT_AN_INTEGER);
      if (value < 1n) return wrong(SYNTAX_ERROR);
      count = safeNumber(value);
    } else if (option === "MATCH") {
      const bytes = words.bytes(index + 1);
      if (bytes.length > patternLimitBytes) return wrong(LONG_PATTERN);
      pattern = globOf(bytes);
    } else if (option === "TYPE" && takesType) {
      hashes = words.text(index + 1).toLowerCase() === "hash";
    } else {
      return wrong(SYNTAX_ERROR);
    }
  }
  return { type: "scan", scan: { cursor, count, pattern }, hashes };
}

/** The pattern at `index`: `undefined` when all matches, or what is wrong with it. */
export function patternAt(
  words: Arguments,
  index: number,
): { readonly pattern: Glob | undefined } | { readonly request: Request } {
  const bytes = words.bytes(index);
  return bytes.length > patternLimitBytes ? { request: LONG_PATTERN } : { pattern: globOf(bytes) };
}

function globOf(bytes: Uint8Array): Glob | undefined {
  return ALL.equals(bytes) ? undefined : new Glob(bytes);
}

function wrong(request: Request): ScanWords {
  return { type: "wrong", request };
}

/** `undefined` for the beginning, `null` for what is no cursor: those of ours are whole numbers that count exactly. */
function cursorAt(words: Arguments, index: number): string | undefined | null {
  // Redis reads no digits as 0.
  const value = words.bytes(index).length === 0 ? 0n : int64At(words, index);
  if (value === undefined || value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return value === 0n ? undefined : String(value);
}
