import type { Layer } from "./layer.ts";
import { inWords } from "./report.ts";
import { type ConfigurationValues, isPlainObject, overlay } from "./values.ts";

/** All layers as one: what is said about each key, and by whom. */
export interface Folded {
  readonly values: ConfigurationValues;
  /**
   * By key (`kv-server.port`): `config/config.ts`, `PORT in config/runtime.ts`, … Not there for defaults. By
   * application: the last that said anything about it.
   */
  readonly origins: ReadonlyMap<string, string>;
}

/** Lays `layers` over each other, the last one on top. */
export function fold(layers: readonly Layer[]): Folded {
  return layers.reduce<Folded>(foldLayer, { values: {}, origins: new Map() });
}

function foldLayer(below: Folded, layer: Layer): Folded {
  const origins = new Map(below.origins);
  for (const [application, section] of Object.entries(layer.values)) {
    origins.set(application, layer.source);
    for (const [key, value] of Object.entries(section)) {
      if (value === undefined) continue;
      const path = `${application}.${key}`;
      const origin = originIn(layer, path);
      const isMerged = isPlainObject(value) && isPlainObject(below.values[application]?.[key]);
      origins.set(path, isMerged ? `${origins.get(path)} and ${origin}` : origin);
    }
  }
  return { values: overlaySections(below.values, layer.values), origins };
}

function overlaySections(
  lower: ConfigurationValues,
  upper: ConfigurationValues,
): ConfigurationValues {
  const sections = Object.entries(upper).map(([application, section]) => [
    application,
    overlay(lower[application] ?? {}, section),
  ]);
  return { ...lower, ...Object.fromEntries(sections) };
}

function originIn(layer: Layer, path: string): string {
  const variables = layer.variables.get(path);
  return variables === undefined ? layer.source : `${inWords(variables)} in ${layer.source}`;
}
