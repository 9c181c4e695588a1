import type { ConfigurationProblem } from "./problem.ts";

/** Characters of a value that a report shows; the rest says little about what is wrong with it. */
const shownCharacters = 60;

/** What a report shows in place of a secret. */
export const mask = "********";

/**
 * One line for one problem; a headline and a line for each when there are several. `action` is what cannot be done because of
 * them.
 */
export function configurationReport(
  problems: readonly ConfigurationProblem[],
  action = "start",
): string {
  const lines = problems.map(problemLine);
  if (lines.length === 1) return `Cannot ${action}: ${lines[0]}`;
  const listed = lines.map((line) => `\n  ${line}`).join("");
  return `Cannot ${action}: the configuration has ${lines.length} problems:${listed}`;
}

function problemLine({ subject, got, expected, origin }: ConfigurationProblem): string {
  const shown = got === undefined ? subject : `${subject}=${got}`;
  return `${shown}: ${expected}${origin === undefined ? "" : ` (${origin})`}`.replaceAll("\n", " ");
}

/** A configured value on one short line. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value, printable) ?? String(value);
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}

function printable(_key: string, value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "function") return String(value);
  return value;
}

/** `a`, `a and b`, `a, b and c`. */
export function inWords(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
