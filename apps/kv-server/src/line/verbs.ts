/** The verbs of the line protocol; `words` counts the verb itself. */
const VERBS = [
  { type: "get", name: Buffer.from("GET"), words: 3 },
  { type: "put", name: Buffer.from("PUT"), words: 4 },
  { type: "delete", name: Buffer.from("DELETE"), words: 3 },
  { type: "create", name: Buffer.from("CREATE"), words: 2 },
  { type: "authenticate", name: Buffer.from("AUTH"), words: 3 },
] as const;

/** What a line asks for, by its verb. */
export type VerbType = (typeof VERBS)[number]["type"];

/**
 * The verb that stands in `bytes` from `start` to `end`, in upper case, if `words` is the number of words its line
 * must have; otherwise `undefined`.
 */
export function findVerb(
  bytes: Uint8Array,
  start: number,
  end: number,
  words: number,
): VerbType | undefined {
  for (const verb of VERBS) {
    if (verb.words === words && isAt(verb.name, bytes, start, end)) return verb.type;
  }
  return undefined;
}

function isAt(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== name.length) return false;
  for (let index = 0; index < name.length; index++) {
    if (bytes[start + index] !== name[index]) return false;
  }
  return true;
}
