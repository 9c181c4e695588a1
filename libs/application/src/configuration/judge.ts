import type { AnyApplication } from "../application.ts";
import type { EnvironmentDeclaration } from "../environment.ts";
import { ApplicationError } from "../errors.ts";
import { planSystem, type SystemApplication } from "../plan.ts";
import { type CompileRecord, contradictions } from "./compile-record.ts";
import type { Configuration } from "./configuration.ts";
import { fold } from "./fold.ts";
import type { Layer, MalformedVariable } from "./layer.ts";
import type { ConfigurationProblem } from "./problem.ts";
import { inWords, mask, shownValue } from "./report.ts";
import { validate } from "./validate.ts";

/** Whom layers are for, and what must not be contradicted. */
export interface Terms {
  readonly applications: readonly SystemApplication[];
  readonly knownApplications?: readonly string[] | undefined;
  readonly record?: CompileRecord | undefined;
  /** More layers come at a boot: rules over several keys, and what nobody has said yet, are judged there. */
  readonly isPartial?: boolean | undefined;
}

/** The configuration that `layers` make, the last one on top. Throws `CONFIG_INVALID` with all that is wrong. */
export function judge(layers: readonly Layer[], terms: Terms): Configuration {
  const applications = configuredApplications(terms.applications);
  const folded = fold(layers);
  const { configuration, problems } = validate(folded, {
    applications,
    knownApplications: [...(terms.knownApplications ?? []), ...leftOut(terms.applications)],
    isPartial: terms.isPartial === true,
    reported: new Set(layers.flatMap((layer) => layer.malformed.flatMap(({ keys }) => keys))),
  });
  const all = [
    ...layers.flatMap((layer) => layer.problems),
    ...layers.flatMap((layer) => malformedVariables(layer, applications)),
    ...problems,
    ...(terms.record === undefined ? [] : contradictions(applications, folded, terms.record)),
  ];
  if (all.length > 0) throw new ApplicationError("CONFIG_INVALID", { problems: all });
  return configuration;
}

/** The applications that have a say in the configuration of a system: started, or only loaded. */
export function configuredApplications(
  listedApplications: readonly SystemApplication[],
): readonly AnyApplication[] {
  return planSystem(listedApplications).map(({ application }) => application);
}

function leftOut(applications: readonly SystemApplication[]): readonly string[] {
  return applications
    .filter(({ mode }) => mode === "none")
    .map(({ application }) => application.name);
}

function malformedVariables(
  { malformed, source }: Layer,
  applications: readonly AnyApplication[],
): readonly ConfigurationProblem[] {
  const open = new Set(applications.flatMap(openKeys));
  const problem = ({ read, expected, keys }: MalformedVariable): ConfigurationProblem => ({
    subject: read.name,
    got:
      read.text === undefined
        ? undefined
        : shownText(read.text, keys.every((key) => open.has(key)) && keys.length > 0),
    expected,
    origin: [...(keys.length === 0 ? [] : [inWords(keys)]), `read by ${source}`].join(", "),
  });
  return malformed.map(problem);
}

/** The text of a variable that feeds a secret, or nobody knows what, is not shown. */
function shownText(text: string, isOpen: boolean): string {
  return isOpen ? shownValue(text) : mask;
}

function openKeys(application: AnyApplication): readonly string[] {
  const declaration: EnvironmentDeclaration = application.environment;
  return Object.entries(declaration)
    .filter(([, { secret }]) => secret !== true)
    .map(([key]) => `${application.name}.${key}`);
}
