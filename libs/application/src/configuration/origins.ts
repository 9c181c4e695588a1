import { isDeepStrictEqual } from "node:util";
import type { VariableRead, Variables } from "./environment-reader.ts";
import type { ConfigurationValues } from "./values.ts";

/** What a configuration function said, and which variables it looked at for it. */
export interface Evaluation {
  readonly values: ConfigurationValues;
  readonly reads: readonly VariableRead[];
}

/**
 * Which keys (`kv-server.port`) depend on which variable, by name.
 *
 * A configuration function is pure, so it can simply be asked: evaluated with the variable unset, and with other
 * texts in it that fit, the keys that change are those that depend on it. There are two other texts, since one may
 * mean just what the function does without the variable. What an evaluation throws is ignored.
 */
export function traceVariables(
  evaluate: (variables: Variables) => Evaluation,
  variables: Variables,
  { values, reads }: Evaluation,
): ReadonlyMap<string, ReadonlySet<string>> {
  const dependents = new Map<string, Set<string>>();
  for (const { name, probes } of reads) {
    const keys = dependents.get(name) ?? new Set();
    dependents.set(name, keys);
    for (const text of [undefined, ...probes]) {
      for (const key of changedBy(evaluate, { ...variables, [name]: text }, values)) keys.add(key);
    }
  }
  return dependents;
}

function changedBy(
  evaluate: (variables: Variables) => Evaluation,
  variables: Variables,
  before: ConfigurationValues,
): readonly string[] {
  try {
    return changedKeys(before, evaluate(variables).values);
  } catch {
    return [];
  }
}

/** The keys, as `application.key`, whose values differ. */
function changedKeys(before: ConfigurationValues, after: ConfigurationValues): readonly string[] {
  return union(before, after).flatMap((application) => {
    const old = before[application] ?? {};
    const now = after[application] ?? {};
    return union(old, now)
      .filter((key) => !isDeepStrictEqual(old[key], now[key]))
      .map((key) => `${application}.${key}`);
  });
}

function union(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
