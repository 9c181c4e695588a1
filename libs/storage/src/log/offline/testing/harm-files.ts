import fc from "fast-check";
import { segmentNumber } from "../../file-names.ts";
import type { Content } from "../../simulation/simulated-machine.ts";

/** What may happen to the files of a log. Numbers are shares of what there is, in parts of 2^16. */
export interface Harm {
  readonly type: "flip" | "cut" | "zero" | "repeat" | "remove" | "swap" | "shift";
  readonly file: number;
  readonly at: number;
  readonly length: number;
}

const part = fc.nat(0xffff);

/** Any harm. */
export const anyHarm: fc.Arbitrary<Harm> = fc.record({
  type: fc.constantFrom("flip", "cut", "zero", "repeat", "remove", "swap", "shift"),
  file: part,
  at: part,
  length: fc.integer({ min: 1, max: 200 }),
});

/** The files after all that has happened to the segments among them. */
export function harmed(content: Content, harms: readonly Harm[]): Content {
  let files = new Map(content);
  for (const harm of harms) files = harmOnce(files, harm);
  return files;
}

/** The same bytes but for one bit. */
export function flipped(bytes: Uint8Array, at: number, bit = 0x10): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ bit;
  return changed;
}

function harmOnce(
  content: Content,
  { type, file, at: share, length }: Harm,
): Map<string, Uint8Array> {
  const files = new Map(content);
  const names = [...files.keys()].filter((name) => segmentNumber(name) !== undefined).toSorted();
  const name = names[(file * names.length) >>> 16];
  const other = names[(share * names.length) >>> 16];
  if (name === undefined || other === undefined) return files;
  const bytes = files.get(name) ?? new Uint8Array();
  const at = (share * bytes.length) >>> 16;
  const end = Math.min(bytes.length, at + length);
  const [before, range, after] = [bytes.slice(0, at), bytes.slice(at, end), bytes.slice(end)];
  switch (type) {
    case "flip":
      return files.set(name, flipped(bytes, at));
    case "cut":
      return files.set(name, before);
    case "zero":
      return files.set(name, joined(before, range.fill(0), after));
    case "repeat":
      return files.set(name, joined(before, range, range, after));
    case "shift":
      return files.set(name, joined(before, after));
    case "swap":
      return files.set(name, files.get(other) ?? bytes).set(other, bytes);
    case "remove":
      files.delete(name);
  }
  return files;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
