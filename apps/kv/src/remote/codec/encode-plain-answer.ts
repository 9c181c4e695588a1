import { copyPart, type KeyAbout, type Revision } from "@kv/storage";
import { WordsMemo } from "../words-memo.ts";
import { writeFound } from "./key-outcomes.ts";
import { KIND } from "./outcome-kind.ts";
import { WireWriter } from "./wire-writer.ts";

/** What stands before a value whose revision is a number, and that never expires. */
const HEAD_BYTES = 1 + 9 + 1 + 4;

const NUMBER = 1;
const TWO_32 = 2 ** 32;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- overwritten before it is looked at
const NO_REVISION = 0 as Revision;

const targets = new WordsMemo();

/** The value of a get, with what there is to say of it: the bytes that `getCodec` writes, from where the value stands. */
export class ValueAnswer {
  readonly about: KeyAbout = { revision: NO_REVISION, expiresAtMs: undefined };
  #words: DataView = new DataView(new ArrayBuffer(0));
  #start = 0;
  #end = 0;

  /** Takes what stands in `words` from `start` to before `end`, and `about` as it is. Returns how many bytes the answer has. */
  set(words: DataView, start: number, end: number): number {
    this.#words = words;
    this.#start = start;
    this.#end = end;
    const valueBytes = end - start;
    if (isShort(this.about)) return HEAD_BYTES + valueBytes;
    return writeFound(new WireWriter(), this.about, valueBytes).at + valueBytes;
  }

  /** Writes it: while the value is there. */
  readonly write = (target: Uint8Array, at: number): void => {
    const valueBytes = this.#end - this.#start;
    const words = targets.of(target);
    const first = target.byteOffset + at;
    let next = first + HEAD_BYTES;
    if (isShort(this.about)) {
      words.setUint8(first, KIND.value);
      storeRevision(words, first + 1, this.about.revision);
      words.setUint8(first + 10, 0);
      words.setUint32(first + 11, valueBytes, true);
    } else {
      const { at: end } = writeFound(new WireWriter(target, at), this.about, valueBytes);
      next = target.byteOffset + end;
    }
    copyPart(this.#words, this.#start, this.#end, words, next);
  };
}

/** How many bytes say what came of a put whose revision {@link isNumbered}. */
export const storedBytes = 1 + 9 + 8;

/** Writes that so many keys were added: the bytes that `putCodec` writes. */
// oxlint-disable-next-line max-params -- once for each put: an object would be made for each
export function encodeStored(
  target: Uint8Array,
  at: number,
  revision: NumberedRevision,
  added: number,
): void {
  const words = targets.of(target);
  const first = target.byteOffset + at;
  words.setUint8(first, KIND.stored);
  storeRevision(words, first + 1, revision);
  words.setUint32(first + 10, added, true);
  words.setUint32(first + 14, 0, true);
}

/** A revision that is a number which bytes can give back, as that of every engine of ours is. */
export type NumberedRevision = Revision & number;

function isShort(about: KeyAbout): about is KeyAbout & { revision: NumberedRevision } {
  return about.expiresAtMs === undefined && isNumbered(about.revision);
}

/** Whether a revision is one of these. */
export function isNumbered(revision: Revision): revision is NumberedRevision {
  return typeof revision === "number" && Number.isSafeInteger(revision);
}

function storeRevision(words: DataView, at: number, revision: NumberedRevision): void {
  words.setUint8(at, NUMBER);
  words.setUint32(at + 1, revision >>> 0, true);
  words.setUint32(at + 5, Math.floor(revision / TWO_32), true);
}
