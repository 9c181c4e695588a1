import { type ExpiryCondition, expiryConditions } from "@kv/storage";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** The bit of each condition. A bit is never given to another one. */
const BIT: Readonly<Record<ExpiryCondition, number>> = {
  "if-none": 1,
  "if-some": 2,
  "if-later": 4,
  "if-sooner": 8,
};
const ALL = 15;

/** Writes what must hold of an expiry for another one to be set: a byte. What is named twice is written once. */
export function writeTerms(writer: WireWriter, conditions: readonly ExpiryCondition[]): void {
  // oxlint-disable-next-line no-bitwise -- a set of bits
  writer.u8(conditions.reduce((bits, condition) => bits | BIT[condition], 0));
}

/** Reads what {@link writeTerms} wrote; other bits are refused. */
export function readTerms(reader: WireReader): readonly ExpiryCondition[] {
  const bits = reader.u8();
  if (bits > ALL) reader.refuse();
  // oxlint-disable-next-line no-bitwise -- a set of bits
  return expiryConditions.filter((condition) => (bits & BIT[condition]) !== 0);
}
