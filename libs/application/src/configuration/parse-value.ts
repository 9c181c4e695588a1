import { type BaseIssue, type IssuePathItem, safeParse } from "valibot";
import type { EnvironmentKey } from "../environment.ts";
import { expectation, isMemberIssue, isSurplus } from "./expectation.ts";
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

/** Judges a value by the declaration of its key. Of a secret, problems hold names of members, and no value. */
export function parseValue(declared: EnvironmentKey, written: WrittenValue): ParsedValue {
  const { path, origin } = written;
  const result = safeParse(declared.schema, written.raw);
  if (result.success) return { type: "valid", value: result.output };
  const problems = result.issues.map((issue) => {
    const expected = expectation(issue);
    if (declared.secret === true)
      return { subject: subjectIn(path, openPart(issue)), expected, origin };
    const got = isMemberIssue(issue) ? undefined : shownValue(issue.input);
    return { subject: subjectIn(path, issue.path), got, expected, origin };
  });
  return { type: "invalid", problems };
}

function subjectIn(key: string, path: readonly IssuePathItem[] = []): string {
  return [key, ...path.map((item) => String(item.key))].join(".");
}

/**
 * The part of the path into a secret that may be shown. Names are no secret, and tell whose value is wrong; but a
 * name that is wrong itself may be a value in the wrong place.
 */
function openPart(issue: BaseIssue<unknown>): readonly IssuePathItem[] | undefined {
  const isNameWrong =
    issue.path?.at(-1)?.origin === "key" && (!isMemberIssue(issue) || isSurplus(issue));
  return isNameWrong ? issue.path?.slice(0, -1) : issue.path;
}
