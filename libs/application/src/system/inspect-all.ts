import type { AnyApplication } from "../application.ts";
import type { ConfigurationProblem } from "../configuration/problem.ts";
import { problemsOf } from "../configuration/validate.ts";
import { ApplicationError } from "../errors.ts";
import type { SystemApplication } from "../plan.ts";
import type { LiveEnvironment } from "./live-environment.ts";

/**
 * Asks every application what it finds where it is to run. Throws `CONFIG_INVALID` with all that is wrong: the
 * configuration names what cannot be used.
 */
export async function inspectAll(
  applications: readonly SystemApplication[],
  environmentOf: (application: AnyApplication) => LiveEnvironment | undefined,
): Promise<void> {
  const problems: ConfigurationProblem[] = [];
  for (const { application } of applications) {
    const environment = environmentOf(application);
    if (environment === undefined) throw new Error(`${application.name} is not in this system`);
    const found = (await application.inspect?.(environment.values)) ?? [];
    problems.push(...problemsOf(application, found, environment.entries));
  }
  if (problems.length > 0) throw new ApplicationError("CONFIG_INVALID", { problems });
}
