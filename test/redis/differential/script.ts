import { parseBytes } from "../../harness/byte-text.ts";

/**
 * What is played on both servers, in the order of its lines. A line is one request: its words stand one space apart,
 * `""` is the empty word, and a word may hold the escapes of `parseBytes()` (`\s` is a space, `\x00` a byte).
 */
export type Script = readonly string[];

/** Scripts by what they show. A title is unique within its family. */
export type Family = Readonly<Record<string, Script>>;

/** A family under the name of what it is about. */
export type Families = Readonly<Record<string, Family>>;

/** One request. */
export type Words = readonly Buffer[];

/** The request that `line` stands for. */
export function parseLine(line: string): Words {
  return line.split(" ").map((word) => (word === '""' ? Buffer.alloc(0) : parseBytes(word)));
}

/** A word in lower case, as commands and options are compared. */
export function lowerCase(word: Buffer | undefined): string {
  return word?.toString("latin1").toLowerCase() ?? "";
}
