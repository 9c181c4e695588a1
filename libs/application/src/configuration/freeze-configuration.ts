import { isDeepStrictEqual } from "node:util";
import { ApplicationError, isApplicationError } from "../errors.ts";
import { failureReason } from "../operating-failure.ts";
import { type CompileRecord, compileRecordOf } from "./compile-record.ts";
import { fold } from "./fold.ts";
import { configuredApplications, judge } from "./judge.ts";
import type { Layer } from "./layer.ts";
import { type BuildSources, buildLayers } from "./load-configuration.ts";
import type { ConfigurationProblem } from "./problem.ts";
import type { ConfigProvider } from "./provider.ts";
import { type ConfigurationValues, overlay } from "./values.ts";

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

/** What is evaluated once, when a release is built. */
export interface FreezeSources extends BuildSources {
  readonly providers?: readonly ConfigProvider[] | undefined;
}

/**
 * Evaluates what is evaluated once, when a release is built: `configFile`, and `init` of the providers. Throws
 * `CONFIG_INVALID` with every problem there is, also for what JSON cannot hold: members that are `undefined` are left
 * out, as they say nothing. What a boot may still say is judged there: keys without a value, and rules over several.
 */
export async function freezeConfiguration(sources: FreezeSources): Promise<FrozenConfiguration> {
  const layers: readonly Layer[] = await buildLayers(sources);
  const problems = layers.flatMap(unwritable);
  // What cannot be written is in the report once, and whoever judges the rest need not cope with it.
  const writable = problems.length === 0 ? layers : layers.map(withoutUnwritable);
  problems.push(...problemsIn(writable, sources));
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
  const folded = fold(layers);
  const compileRecord = compileRecordOf(configuredApplications(sources.applications), folded);
  return { configFile: sources.configFile, values: folded.values, initials, compileRecord };
}

function problemsIn(
  layers: readonly Layer[],
  sources: FreezeSources,
): readonly ConfigurationProblem[] {
  try {
    judge(layers, { ...sources, isPartial: true });
    return [];
  } catch (error) {
    if (isApplicationError(error, "CONFIG_INVALID")) return error.details.problems;
    throw error;
  }
}

function unwritable({ source, values }: Layer): ConfigurationProblem[] {
  return Object.entries(values).flatMap(([application, section]) =>
    Object.entries(section)
      .filter(([, value]) => !isWritable(value))
      .map(([key]) => unwritableProblem(`${application}.${key}`, source)),
  );
}

function withoutUnwritable(layer: Layer): Layer {
  const sections = Object.entries(layer.values).map(([application, section]) => {
    return [
      application,
      Object.fromEntries(Object.entries(section).filter(([, value]) => isWritable(value))),
    ];
  });
  return { ...layer, values: Object.fromEntries(sections) };
}

function unwritableProblem(subject: string, origin?: string): ConfigurationProblem {
  const expected =
    "expected what JSON can hold, since a release is built with what it is now; anything else is for the runtime file";
  return { subject, expected, origin };
}

/** Whether `value` comes back from JSON as it is. */
function isWritable(value: unknown): boolean {
  if (value === undefined) return true;
  try {
    const said = overlay(undefined, value);
    const text: string | undefined = JSON.stringify(said);
    return text !== undefined && isDeepStrictEqual(JSON.parse(text), said);
  } catch (error) {
    // A circle, or a bigint.
    if (error instanceof TypeError || error instanceof RangeError) return false;
    throw error;
  }
}
