import type { AnyApplication, EnvironmentProblem } from "../application.ts";
import type { EnvironmentDeclaration } from "../environment.ts";
import type { Configuration, ConfigurationEntry, ConfigurationSection } from "./configuration.ts";
import type { Folded } from "./fold.ts";
import { parseValue } from "./parse-value.ts";
import type { ConfigurationProblem } from "./problem.ts";
import { closest } from "./spelling.ts";

/** Whom a configuration is for, and what else it may name. */
export interface Audience {
  readonly applications: readonly AnyApplication[];
  /** Names of applications that are not in this system: what is said about them is passed over. */
  readonly knownApplications: readonly string[];
  /** More is to be said before anything is complete: judges only what has been said, each key by itself. */
  readonly isPartial: boolean;
  /** Keys (`kv-server.port`) that are in the report already. */
  readonly reported: ReadonlySet<string>;
}

/** A configuration, of use only when there are no problems. */
export interface Validation {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
}

/** Judges everything that is said, and every default, by the declarations of the applications. Pure. */
export function validate(folded: Folded, audience: Audience): Validation {
  const problems = [...unknownApplications(folded, audience)];
  const sections = new Map<string, ConfigurationSection>();
  for (const application of audience.applications) {
    const judged = judgeSection(application, folded, audience);
    problems.push(...judged.problems);
    sections.set(application.name, judged.section);
  }
  return { configuration: { sections }, problems };
}

interface JudgedSection {
  readonly section: ConfigurationSection;
  readonly problems: readonly ConfigurationProblem[];
}

function judgeSection(
  application: AnyApplication,
  folded: Folded,
  { reported, isPartial }: Audience,
): JudgedSection {
  const declaration: EnvironmentDeclaration = application.environment;
  const said = folded.values[application.name] ?? {};
  const problems = [...unknownKeys(application, folded)];
  const section = new Map<string, ConfigurationEntry>();
  let isComplete = !isPartial;
  for (const [key, declared] of Object.entries(declaration)) {
    const path = `${application.name}.${key}`;
    if (isPartial && said[key] === undefined) continue;
    const raw = said[key] === undefined ? declared.default : said[key];
    const origin = folded.origins.get(path) ?? "default";
    const parsed = parseValue(declared, { path, origin, raw });
    if (parsed.type === "valid" && !reported.has(path)) {
      const isSecret = declared.secret === true;
      section.set(key, { raw, value: parsed.value, origin, isSecret });
      continue;
    }
    isComplete = false;
    if (parsed.type === "invalid" && !reported.has(path)) problems.push(...parsed.problems);
  }
  // Rules over several keys can be judged only when each of them is right by itself.
  if (isComplete) problems.push(...brokenRules(application, section));
  return { section, problems };
}

/** What the application's `check` says about a section that is right key by key. */
export function brokenRules(
  application: AnyApplication,
  section: ConfigurationSection,
): readonly ConfigurationProblem[] {
  const values = Object.fromEntries([...section].map(([key, { value }]) => [key, value]));
  return problemsOf(application, application.check?.(values) ?? [], section);
}

/** What an application finds wrong, in the words of a report. */
export function problemsOf(
  application: AnyApplication,
  found: readonly EnvironmentProblem[],
  section: ConfigurationSection,
): readonly ConfigurationProblem[] {
  return found.map(({ key, expected }) => ({
    subject: `${application.name}.${key}`,
    expected,
    origin: section.get(key)?.origin,
  }));
}

function unknownKeys(
  application: AnyApplication,
  { values, origins }: Folded,
): ConfigurationProblem[] {
  const known = Object.keys(application.environment);
  return Object.keys(values[application.name] ?? {})
    .filter((key) => !known.includes(key))
    .map((key) => ({
      subject: `${application.name}.${key}`,
      expected: `no such key; ${suggestion(key, known)}`,
      origin: origins.get(`${application.name}.${key}`),
    }));
}

function unknownApplications(
  { values, origins }: Folded,
  audience: Audience,
): ConfigurationProblem[] {
  const present = audience.applications.map(({ name }) => name);
  const known = [...present, ...audience.knownApplications];
  return Object.keys(values)
    .filter((application) => !known.includes(application))
    .map((application) => ({
      subject: application,
      expected: `no such application; ${suggestion(application, known)}`,
      origin: origins.get(application),
    }));
}

function suggestion(word: string, known: readonly string[]): string {
  const list = known.length === 0 ? "there are none" : `known are ${known.join(", ")}`;
  const meant = closest(word, known);
  return meant === undefined ? list : `did you mean ${meant}? ${list}`;
}
