import { isDeepStrictEqual } from "node:util";
import { ApplicationError } from "../errors.ts";
import { failureReason } from "../operating-failure.ts";
import { type CompileRecord, compileRecordOf } from "./compile-record.ts";
import { fold } from "./fold.ts";
import { configuredApplications, judge } from "./judge.ts";
import { type BuildSources, buildLayers } from "./load-configuration.ts";
import type { ConfigurationProblem } from "./problem.ts";
import type { ConfigProvider } from "./provider.ts";
import type { ConfigurationValues } from "./values.ts";

/** What is known of a configuration when a release is built, as JSON can hold it. */
export interface FrozenConfiguration {
  /** Named in origins. */
  readonly configFile: string | undefined;
  /** What it said. */
  readonly values: ConfigurationValues;
  /** By provider, what its `init` answered. */
  readonly initials: Readonly<Record<string, unknown>>;
  /** The keys that are fixed from now on. */
  readonly compileRecord: CompileRecord;
}

/**
 * Evaluates what is evaluated once, when a release is built: `configFile`, and `init` of the providers. Throws
 * `CONFIG_INVALID` with every problem there is, also for what JSON cannot hold.
 */
export async function freezeConfiguration(
  sources: BuildSources & { readonly providers?: readonly ConfigProvider[] | undefined },
): Promise<FrozenConfiguration> {
  const layers = await buildLayers(sources);
  judge(layers, sources);
  const { values } = fold(layers);
  const problems = [...unwritable(values)];
  const initials: Record<string, unknown> = {};
  for (const { name, init } of sources.providers ?? []) {
    const subject = `provider ${name}`;
    try {
      initials[name] = await init?.();
      if (!isWritable(initials[name])) problems.push(unwritableProblem(subject));
    } catch (error) {
      problems.push({ subject, expected: `it throws: ${failureReason(error)}` });
    }
  }
  if (problems.length > 0) throw new ApplicationError("CONFIG_INVALID", { problems });
  const compileRecord = compileRecordOf(configuredApplications(sources.applications), fold(layers));
  return { configFile: sources.configFile, values, initials, compileRecord };
}

function* unwritable(values: ConfigurationValues): Generator<ConfigurationProblem> {
  for (const [application, section] of Object.entries(values)) {
    for (const [key, value] of Object.entries(section)) {
      if (!isWritable(value)) yield unwritableProblem(`${application}.${key}`);
    }
  }
}

function unwritableProblem(subject: string): ConfigurationProblem {
  const expected = "expected what JSON can hold: a release is built with what it is now";
  return { subject, expected };
}

function isWritable(value: unknown): boolean {
  if (value === undefined) return true;
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    return false;
  }
}
