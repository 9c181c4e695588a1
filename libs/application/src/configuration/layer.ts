import type { LoadedConfig } from "./config-file.ts";
import {
  createEnvironmentReader,
  type VariableRead,
  type Variables,
} from "./environment-reader.ts";
import { type Evaluation, traceVariables } from "./origins.ts";
import type { ConfigurationProblem } from "./problem.ts";
import { failureReason } from "../operating-failure.ts";
import { type ConfigurationValues, isPlainObject } from "./values.ts";

/** What one source says: a step of the fold. */
export interface Layer {
  /** A file or a provider, as it is named in origins. */
  readonly source: string;
  readonly values: ConfigurationValues;
  /** The variables that a key's value came from. Keys that came from none are not in it. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  readonly malformed: readonly MalformedVariable[];
  readonly problems: readonly ConfigurationProblem[];
}

/** A variable that could not be read, and the keys (`kv-server.port`) it is for. */
export interface MalformedVariable {
  readonly read: VariableRead;
  readonly expected: string;
  readonly keys: readonly string[];
}

/** A configuration file's function, and what it is evaluated with. */
export interface ConfigSource {
  readonly file: string;
  readonly config: LoadedConfig;
  readonly context: Omit<Parameters<LoadedConfig>[0], "env">;
}

/** A layer that says nothing but `problems`. */
export function brokenLayer(source: string, ...problems: readonly ConfigurationProblem[]): Layer {
  return { source, values: {}, variables: new Map(), malformed: [], problems };
}

/** What `values`, as a source returned them, say; a problem when they are no configuration at all. */
export function plainLayer(source: string, values: unknown): Layer {
  if (!isPlainObject(values)) {
    const expected = "expected an object with a member for each application";
    return brokenLayer(source, { subject: source, expected });
  }
  const sections = Object.entries(values).filter(([, section]) => section !== undefined);
  const problems = sections
    .filter(([, section]) => !isPlainObject(section))
    .map(([application]) => ({
      subject: application,
      expected: "expected an object with the application's keys",
      origin: source,
    }));
  return {
    ...brokenLayer(source, ...problems),
    values: Object.fromEntries(
      sections.flatMap(([name, section]) => (isPlainObject(section) ? [[name, section]] : [])),
    ),
  };
}

/** Evaluates a file that may read variables. */
export function runtimeLayer(source: ConfigSource, variables: Variables): Layer {
  return evaluateFile(source, variables, (read) => read.expected);
}

/** Evaluates a file of build time: there are no variables, and to ask for one is a problem. */
export function buildLayer(source: ConfigSource): Layer {
  const refusal =
    "a variable is read at every boot, in the runtime file, not when a release is built";
  return evaluateFile(source, {}, () => refusal);
}

function evaluateFile(
  source: ConfigSource,
  variables: Variables,
  judge: (read: VariableRead) => string | undefined,
): Layer {
  const evaluate = (given: Variables): Evaluation & { readonly layer: Layer } => {
    const reads: VariableRead[] = [];
    const env = createEnvironmentReader(given, (read) => reads.push(read));
    const layer = plainLayer(source.file, source.config({ ...source.context, env }));
    return { layer, values: layer.values, reads };
  };
  try {
    const evaluation = evaluate(variables);
    const dependents = traceVariables(evaluate, variables, evaluation);
    const malformed = new Map<string, MalformedVariable>();
    for (const read of evaluation.reads) {
      const expected = judge(read);
      const keys = [...(dependents.get(read.name) ?? [])];
      // Read twice and wrong is still one problem.
      if (expected !== undefined)
        malformed.set(`${read.name} ${expected}`, { read, expected, keys });
    }
    return {
      ...evaluation.layer,
      variables: origins(evaluation.reads, dependents),
      malformed: [...malformed.values()],
    };
  } catch (error) {
    return brokenLayer(source.file, {
      subject: source.file,
      expected: `it throws: ${failureReason(error)}`,
    });
  }
}

/** By key, the variables that are set and that it depends on. */
function origins(
  reads: readonly VariableRead[],
  dependents: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, Set<string>>();
  for (const { name, text, expected } of reads) {
    if (text === undefined || expected !== undefined) continue;
    for (const key of dependents.get(name) ?? []) {
      names.set(key, (names.get(key) ?? new Set()).add(name));
    }
  }
  return new Map([...names].map(([key, set]) => [key, [...set]]));
}
