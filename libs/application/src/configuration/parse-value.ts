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
    return { subject, got: shownValue(issue.input), expected, origin };
  });
  return { type: "invalid", problems };
}

/**
 * Valibot's own messages begin with `Invalid` and repeat the value, which may be a secret: only what was
 * expected is taken from them. A message that a declaration brings along is taken as it is.
 */
function expectation({ message, expected }: BaseIssue<unknown>): string {
  const own = /^Invalid (.*?):/u.exec(message);
  if (own === null) return message;
  return `expected ${expected ?? `a valid ${own[1]}`}`;
}
