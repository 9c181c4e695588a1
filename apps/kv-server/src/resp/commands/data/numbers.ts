import { parseInt64 } from "../../../execute/int64.ts";
import type { Arguments } from "../../arguments.ts";

/** The word at `index` as a whole number of 64 bits; `undefined` when it is none. */
export function int64At(words: Arguments, index: number): bigint | undefined {
  return parseInt64(words.bytes(index));
}

/** `value`, or the nearest whole number that JavaScript counts exactly. */
export function safeNumber(value: bigint): number {
  const most = Number.MAX_SAFE_INTEGER;
  return Math.min(Math.max(Number(value), -most), most);
}
