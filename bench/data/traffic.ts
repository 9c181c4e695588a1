/** What is asked for: `mixed` is as many gets as puts. Puts overwrite; no key is added. */
export type Operation = "get" | "put" | "mixed";

/**
 * Which keys are asked for.
 *
 * `hot`: the same `hotKeys` keys all the time, spread evenly over the whole population. Whatever the size of the
 * population, a cache that holds them holds them; so it isolates what the number of keys costs.
 *
 * `uniform`: each key as likely as any other. In a population beyond the cache most reads miss it.
 */
export type Access =
  | { readonly type: "hot"; readonly hotKeys: number }
  | { readonly type: "uniform" };

/** One stretch of closed-loop traffic: whoever gets a reply sends the next request. */
export interface Traffic {
  readonly operation: Operation;
  readonly access: Access;
  /** How many keys there are. */
  readonly keys: number;
  readonly connections: number;
  /** Requests that each connection has under way. Inside one process their product is under way. */
  readonly pipeline: number;
  readonly durationMs: number;
  /** What the draws of keys and values come from. */
  readonly seed: number;
}
