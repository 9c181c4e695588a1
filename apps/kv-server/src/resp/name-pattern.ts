import { Glob, patternLimitBytes } from "../execute/glob.ts";

/** Whether `pattern` describes the whole of `name`, a command's or a setting's. Letters match in either case. */
export function matchesNamePattern(pattern: string, name: string): boolean {
  if (pattern.length > patternLimitBytes) return false;
  return new Glob(lowerCase(pattern)).matches(lowerCase(name));
}

function lowerCase(text: string): Uint8Array {
  return Buffer.from(text.toLowerCase(), "latin1");
}
