import type { Invocation } from "@kv/application";
import { isDistorted } from "./distorted-text.ts";
import { misuse } from "./misuse.ts";

/** The path that was typed as `argument`, `undefined` when it was left out. Throws `COMMAND_USAGE` for one that names no file. */
export function typedPath(typed: Invocation, argument: string): string | undefined {
  const path = typed.words.optional(argument);
  if (path === undefined) return undefined;
  if (path === "") throw misuse(`the argument ${argument} is empty`);
  if (isDistorted(path)) throw misuse(`the argument ${argument} is no UTF-8; give it another name`);
  return path;
}

/** As {@link typedPath}, of an argument that may not be left out. */
export function requiredPath(typed: Invocation, argument: string): string {
  const path = typedPath(typed, argument);
  if (path === undefined) throw new Error(`the argument ${argument} may be left out`);
  return path;
}
