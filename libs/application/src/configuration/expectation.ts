import type { BaseIssue } from "valibot";

/** What valibot calls the kinds of values, and what the tables of `describeEnvironment` do. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["string", "text"],
  ["boolean", "true or false"],
  ["number", "a number"],
  ["Array", "a list"],
  ["Object", "an object"],
]);

/**
 * What would be right in place of what `issue` is about: a message that the declaration brings along as it is, otherwise
 * the words of the tables. Valibot's own messages begin with `Invalid` and repeat the value, which may be a secret.
 */
export function expectation(issue: BaseIssue<unknown>): string {
  const [, what] = /^Invalid (.*?):/u.exec(issue.message) ?? [];
  if (what === undefined) return issue.message;
  if (isMemberIssue(issue)) return isSurplus(issue) ? "no such member" : "it is missing";
  return `expected ${ruleInWords(issue) ?? kindsInWords(issue) ?? `a valid ${what}`}`;
}

/** An object has a member too many, or lacks one: there is no value to speak of. */
export function isMemberIssue({ message }: BaseIssue<unknown>): boolean {
  return message.startsWith("Invalid key:");
}

/** Whether a member is one too many: its name is whatever somebody wrote. */
export function isSurplus({ expected }: BaseIssue<unknown>): boolean {
  return expected === "never";
}

function ruleInWords({ type, requirement }: BaseIssue<unknown>): string | undefined {
  if (type === "integer" || type === "safe_integer") return "a whole number";
  if (type === "min_value") return `a number from ${String(requirement)}`;
  return type === "max_value" ? `a number to ${String(requirement)}` : undefined;
}

/** Of one kind, `string`, or of several, `(string | Array)`. */
function kindsInWords({ expected }: BaseIssue<unknown>): string | undefined {
  return expected
    ?.replace(/^\((.*)\)$/u, "$1")
    .split(" | ")
    .map((kind) => WORDS.get(kind) ?? kind)
    .join(" or ");
}
