/**
 * What is configured, as it is written: application, key, value. A member that is `undefined` says nothing.
 */
export type ConfigurationValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An object as a literal makes it: neither an array nor an instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // A configuration file may run in a realm of its own, where Object.prototype is another object.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * `upper` laid over `lower`: plain objects are merged key by key, however deep; anything else, lists too,
 * replaces what was there. So does Elixir's `config` with keyword lists and other values.
 */
export function overlay(lower: unknown, upper: unknown): unknown {
  if (upper === undefined) return lower;
  if (!isPlainObject(upper)) return upper;
  const below = isPlainObject(lower) ? lower : {};
  const merged = Object.entries(upper).map(([key, value]) => [key, overlay(below[key], value)]);
  return { ...below, ...Object.fromEntries(merged.filter(([, value]) => value !== undefined)) };
}
