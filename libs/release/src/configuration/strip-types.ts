import { stripTypeScriptTypes } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { closeGaps } from "./close-gaps.ts";
import { parseModule } from "./parse-module.ts";
import { SourceFault } from "./source-fault.ts";

/**
 * The JavaScript that one would have written instead of `source`, which is TypeScript: `stripped` without the gaps that its types
 * have left. Comments stay, and so does the meaning: where closing a gap would change it, all of them stay.
 */
export function tidied(source: string, stripped: string): string {
  const closed = closeGaps(source, stripped);
  return isSame(closed, stripped) ? closed : stripped;
}

function isSame(closed: string, stripped: string): boolean {
  const wanted = syntaxOf(stripped);
  try {
    return isDeepStrictEqual(syntaxOf(closed), wanted);
  } catch (error) {
    if (error instanceof SourceFault) return false;
    throw error;
  }
}

/**
 * What Node runs of TypeScript: the same text, character by character, with white space in the place of its types. What cannot
 * be stripped, such as an enum, is a `SourceFault`, and so is an error of syntax.
 */
export function stripTypes(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  // Node calls it experimental at the first call; it is what Node itself does to each of our files.
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const [, line] = /^[^\n]*:(\d+)\n/u.exec(error.stack ?? "") ?? [];
    throw new SourceFault(error.message, line === undefined ? undefined : Number(line), {
      cause: error,
    });
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Its syntax tree, without places in the text. */
function syntaxOf(text: string): unknown {
  return JSON.parse(
    JSON.stringify(parseModule(text), (key, value: unknown) =>
      key === "start" || key === "end" ? undefined : value,
    ),
  );
}
