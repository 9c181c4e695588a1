import { closest } from "@kv/application";
import * as v from "valibot";
import { ReleaseError } from "../errors.ts";
import type { ReleaseDefinition } from "./release-definition.ts";
import { releaseVersion } from "./release-version.ts";

const text = v.pipe(v.string("expected text"), v.nonEmpty("expected some text"));
const flag = v.boolean("expected true or false");
const mode = v.picklist(
  ["permanent", "transient", "temporary", "load", "none"],
  "expected permanent, transient, temporary, load or none",
);
const callback = v.function("expected a function");

const expectedVersion = 'expected a version such as "1.2.3", or { fromApplication: NAME }';

const options = {
  applications: v.record(text, mode, "expected an object: applications with their modes"),
  version: v.union(
    [
      v.pipe(text, v.regex(releaseVersion, expectedVersion)),
      v.strictObject({ fromApplication: text }, expectedVersion),
    ],
    expectedVersion,
  ),
  path: text,
  quiet: flag,
  cookie: v.pipe(text, v.regex(/^[\x21-\x7e]+$/u, "expected ASCII characters without white space")),
  includeRuntime: v.union([flag, text], "expected true, false, or the path of a Node program"),
  sourceMaps: flag,
  validateCompileEnv: flag,
  runtimeConfigPath: v.union([v.literal(false), text], "expected the path of a file, or false"),
  configProviders: v.array(
    v.strictObject({ module: text, name: text }, "expected { module, name }, where it is exported"),
    "expected a list",
  ),
  overlays: v.union([text, v.array(text)], "expected a folder, or a list of folders"),
  templates: text,
  executables: v.array(
    v.picklist(["unix", "windows"], "expected unix or windows"),
    "expected a list",
  ),
  steps: v.array(
    v.union(
      [v.picklist(["assemble", "tar"]), callback],
      'expected "assemble", "tar" or a function',
    ),
    "expected a list",
  ),
  proof: v.strictObject(
    { variables: v.optional(callback), ask: v.optional(callback) },
    "expected { variables, ask }, both functions",
  ),
};

const names = Object.keys(options);

const schema = v.partial(v.strictObject(options, "expected an object of options"));

/**
 * What `releases.ts` says of the release `name`, if it can be one. Throws `RELEASE_REFUSED` with everything that is wrong, an
 * option and what was expected of it each.
 */
export function judgeDefinition(name: string, definition: unknown): ReleaseDefinition {
  const parsed = v.safeParse(schema, definition);
  const wrongSteps = parsed.success ? problemsOfSteps(parsed.output) : [];
  if (parsed.success && wrongSteps.length === 0) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what functions take and answer is not looked at
    return definition as ReleaseDefinition;
  }
  const issues = parsed.success ? [] : parsed.issues.map(problemOf);
  const problems = [...new Set([...issues, ...wrongSteps])];
  const problem = `The release ${name} cannot be made as releases.ts has it: ${problems.join("; ")}`;
  throw new ReleaseError("RELEASE_REFUSED", { problem });
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "";
  const [option = ""] = path.split(".", 1);
  if (path === "" || names.includes(option)) {
    return path === "" ? issue.message : `${path}: ${issue.message}`;
  }
  const near = closest(option, names);
  return `there is no option ${option}${near === undefined ? `; there are ${names.join(", ")}` : `, did you mean ${near}?`}`;
}

/** The folder is made once, and packed when it is there. */
function problemsOfSteps({
  steps,
}: {
  readonly steps?: readonly unknown[] | undefined;
}): readonly string[] {
  if (steps === undefined) return [];
  const count = (step: string): number => steps.filter((other) => other === step).length;
  const problems: string[] = [];
  if (count("assemble") !== 1) problems.push('steps: expected "assemble" just once');
  if (count("tar") > 1) problems.push('steps: expected "tar" at most once');
  if (count("tar") === 1 && steps.indexOf("tar") < steps.indexOf("assemble")) {
    problems.push('steps: expected "tar" behind "assemble"');
  }
  return problems;
}
