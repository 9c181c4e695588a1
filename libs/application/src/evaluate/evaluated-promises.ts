/** What the promises of evaluated code have as their prototype: each sandbox has one of its own. */
const prototypes = new WeakSet<object>();

/** Promises with this prototype are made by evaluated code. */
export function noteEvaluatedPromises(prototype: object): void {
  prototypes.add(prototype);
}

/** Whether evaluated code has made `promise`: a rejection that nobody listens to is nothing that the program has to die of. */
export function isEvaluatedPromise(promise: unknown): boolean {
  if (typeof promise !== "object" || promise === null) return false;
  const prototype: unknown = Object.getPrototypeOf(promise);
  return typeof prototype === "object" && prototype !== null && prototypes.has(prototype);
}
