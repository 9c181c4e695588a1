/** Which host has which server: three primaries, then the two replicas of the first one, of the second and of the third. No host has two copies of a shard. */
export interface Spread {
  readonly hosts: readonly string[];
  /** By the order in which servers are started. */
  readonly places: readonly string[];
}

/** As few hosts as there are copies: every host has a primary and a replica of each of the others. */
export const threeHosts: Spread = {
  hosts: ["one", "two", "three"],
  places: ["one", "two", "three", "two", "three", "three", "one", "one", "two"],
};

/**
 * Hosts of which two have the first primary and one of its replicas, and the other three its other replica and most primaries: they can elect it when the
 * two are cut off.
 */
export const fiveHosts: Spread = {
  hosts: ["one", "two", "three", "four", "five"],
  places: ["one", "four", "five", "two", "three", "five", "one", "three", "two"],
};
