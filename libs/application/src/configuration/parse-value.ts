import { type BaseIssue, getDotPath, safeParse } from "valibot";
import type { EnvironmentKey } from "../environment.ts";
import type { ConfigurationProblem } from "./problem.ts";
import { shownValue } from "./report.ts";

/** A value as its schema makes it, or all that is wrong with it. */
export type ParsedValue =
  | { readonly type: "valid"; readonly value: unknown }
  | { readonly type: "invalid"; readonly problems: readonly ConfigurationProblem[] };

/** A value somebody wrote down: for which key (`kv-server.port`), and where. */
export interface WrittenValue {
  readonly path: string;
  readonly origin: string;
  readonly raw: unknown;
}

/** Judges a value by the declaration of its key. Problems hold nothing of a secret. */
export function parseValue(declared: EnvironmentKey, written: WrittenValue): ParsedValue {
  const { path, origin } = written;
  const result = safeParse(declared.schema, written.raw);
  if (result.success) return { type: "valid", value: result.output };
  const problems = result.issues.map((issue) => {
    const expected = expectation(issue);
    // A path inside a secret may be part of the secret.
    if (declared.secret === true) return { subject: path, expected, origin };
    const inside = getDotPath(issue);
    const subject = inside === null ? path : `${path}.${inside}`;
    const got = isMemberIssue(issue) ? undefined : shownValue(issue.input);
    return { subject, got, expected, origin };
  });
  return { type: "invalid", problems };
}

/**
 * Valibot's own messages begin with `Invalid` and repeat the value, which may be a secret: only what was
 * expected is taken from them. A message that a declaration brings along is taken as it is.
 */
function expectation(issue: BaseIssue<unknown>): string {
  const [, what] = /^Invalid (.*?):/u.exec(issue.message) ?? [];
  if (what === undefined) return issue.message;
  if (isMemberIssue(issue)) return issue.expected === "never" ? "no such member" : "it is missing";
  return `expected ${issue.expected ?? `a valid ${what}`}`;
}

/** An object has a member too many, or lacks one: there is no value to speak of. */
function isMemberIssue({ message }: BaseIssue<unknown>): boolean {
  return message.startsWith("Invalid key:");
}
