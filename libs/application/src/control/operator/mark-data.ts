import type { AnyCommand } from "../declaration/command.ts";

/** Of every command: those that take a value. */
const TAKING = new Set(["--node", "--config"]);

/**
 * What was typed, with `--` before the first argument of a command that has its options first, so that nothing behind it
 * is taken for one.
 */
export function markData(
  words: readonly string[],
  commands: readonly AnyCommand[],
): readonly string[] {
  const first = skipOptions(words, 0, TAKING);
  const command = commands.find(({ name }) => name === words[first]);
  if (command?.optionsFirst !== true) return words;
  const own = (command.options ?? []).filter(({ type }) => type !== "boolean");
  const taking = new Set([...TAKING, ...own.map(({ name }) => `--${name}`)]);
  const at = skipOptions(words, first + 1, taking);
  if (at >= words.length || words[at] === "--") return words;
  return [...words.slice(0, at), "--", ...words.slice(at)];
}

/** Where the first word from `start` on is that is no option, and no value of one. */
function skipOptions(words: readonly string[], start: number, taking: ReadonlySet<string>): number {
  let at = start;
  for (let word = words[at]; word?.startsWith("-") === true && word !== "--"; word = words[at]) {
    at += taking.has(word) ? 2 : 1;
  }
  return at;
}
