/**
 * Redis' patterns, of the names of commands and settings:
 *
 * ```text
 * pattern = *( "*" / "?" / set / "\" byte / byte )     "*" any bytes, "?" any one byte
 * set     = "[" [ "^" ] *( byte "-" byte / byte ) [ "]" ]
 * ```
 *
 * A pattern with many stars takes time in proportion to its length times the name's: only the latest star ever has to
 * be tried again, since whatever an earlier one could take more of, the later one can take instead.
 */

/** Whether `pattern` describes the whole of `name`. Letters match in either case. */
export function matchesNamePattern(pattern: string, name: string): boolean {
  const tests = readPattern(pattern.toLowerCase());
  const text = name.toLowerCase();
  let test = 0;
  let at = 0;
  let starAt: { readonly test: number; at: number } | undefined;
  while (at < text.length || test < tests.length) {
    const accepts = tests[test];
    if (accepts === "any") {
      starAt = { test, at };
      test++;
    } else if (at < text.length && accepts?.(text[at] ?? "") === true) {
      test++;
      at++;
    } else if (starAt !== undefined && starAt.at < text.length) {
      starAt.at++;
      at = starAt.at;
      test = starAt.test + 1;
    } else {
      return false;
    }
  }
  return true;
}

type CharacterTest = ((character: string) => boolean) | "any";

const PART = /\*|\?|\[\^?(?:\\.|[^\]\\])*\]?|\\.|./gsu;
const RANGE = /\\?(.)-\\?(.)|\\?(.)/gsu;

function readPattern(pattern: string): readonly CharacterTest[] {
  return Array.from(pattern.matchAll(PART), ([part]): CharacterTest => {
    if (part === "*") return "any";
    if (part === "?") return () => true;
    if (part.startsWith("[")) return readSet(part.slice(1));
    const literal = part.length > 1 ? part.slice(1) : part;
    return (character) => character === literal;
  });
}

function readSet(set: string): CharacterTest {
  const isNegated = set.startsWith("^");
  const inner = set.slice(isNegated ? 1 : 0, set.endsWith("]") ? -1 : undefined);
  const ranges = Array.from(inner.matchAll(RANGE), ([, from = "", to = "", single]) =>
    single === undefined ? [from, to].toSorted() : [single, single],
  );
  return (character) =>
    ranges.some(([from = "", to = ""]) => character >= from && character <= to) !== isNegated;
}
