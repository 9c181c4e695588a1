import { isDeepStrictEqual } from "node:util";
import type { AnyApplication } from "../application.ts";
import type { EnvironmentDeclaration } from "../environment.ts";
import type { Folded } from "./fold.ts";
import type { ConfigurationProblem } from "./problem.ts";
import { shownValue } from "./report.ts";

/**
 * The values that were fixed when a system was built, as JSON can hold them: application, key, value as it was
 * configured. A key that had no value is not in it.
 */
export type CompileRecord = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What the defaults and `built`, the layers of build time, say about the keys that are fixed then. */
export function compileRecordOf(
  applications: readonly AnyApplication[],
  built: Folded,
): CompileRecord {
  const sections = applications.map((application) => {
    const fixed = fixedKeys(application).map((key) => [key, rawValue(application, built, key)]);
    return [application.name, Object.fromEntries(fixed)];
  });
  return asJson(Object.fromEntries(sections));
}

/** A problem for every key of `applications` that `folded` gives another value than `record` holds. */
export function contradictions(
  applications: readonly AnyApplication[],
  folded: Folded,
  record: CompileRecord,
): readonly ConfigurationProblem[] {
  return applications.flatMap((application) =>
    fixedKeys(application).flatMap((key) => {
      const built = record[application.name]?.[key];
      const now = rawValue(application, folded, key);
      if (isDeepStrictEqual(asJson({ value: now }), asJson({ value: built }))) return [];
      const path = `${application.name}.${key}`;
      const isSecret = declarationOf(application)[key]?.secret === true;
      const fixed = isSecret ? "to another value" : `to ${shownValue(built)}`;
      return [
        {
          subject: path,
          got: isSecret ? undefined : shownValue(now),
          expected: `it was fixed ${fixed} when the system was built; take it out here, or build again`,
          origin: folded.origins.get(path) ?? "default",
        },
      ];
    }),
  );
}

function declarationOf(application: AnyApplication): EnvironmentDeclaration {
  return application.environment;
}

function fixedKeys(application: AnyApplication): readonly string[] {
  return Object.entries(declarationOf(application))
    .filter(([, { compileTime }]) => compileTime === true)
    .map(([key]) => key);
}

function rawValue(application: AnyApplication, { values }: Folded, key: string): unknown {
  const said = values[application.name]?.[key];
  return said === undefined ? declarationOf(application)[key]?.default : said;
}

/** `record` as it comes back from a file. */
function asJson<Values>(record: Values): Values {
  return JSON.parse(JSON.stringify(record));
}
