import type { Field } from "@kv/kv";
import type { Arguments } from "../../arguments.ts";

/** The words from `first` on. */
export function bytesFrom(words: Arguments, first: number): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let index = first; index < words.count; index++) all.push(words.bytes(index));
  return all;
}

/** The words from `first` on, a key and its value in turn. */
export function fieldsFrom(words: Arguments, first: number): Field[] {
  const fields: Field[] = [];
  for (let index = first; index + 1 < words.count; index += 2) {
    fields.push({ key: words.bytes(index), value: words.bytes(index + 1) });
  }
  return fields;
}
