/** The hosts, each with the node of that name, and who stores what. */
export const hosts = ["foo", "bar", "baz"] as const;

/** One of them. */
export type Host = (typeof hosts)[number];

/** Two hosts, and what is between them. */
export type Pair = readonly [Host, Host];

/** All pairs. */
export const pairs: readonly Pair[] = [
  ["foo", "bar"],
  ["bar", "baz"],
  ["foo", "baz"],
];

/** The pair that reaches each other through the relay: only there can things be delayed. */
export const relayedPair: Pair = ["foo", "baz"];

/** A bucket of each node's. */
const BUCKETS: Readonly<Record<Host, string>> = { foo: "apples", bar: "bananas", baz: "cherries" };

/** The routing table of all nodes. */
export const routingTable = hosts
  .map((host) => `${BUCKETS[host].slice(0, 1)}-${BUCKETS[host].slice(0, 1)}=${nodeOf(host)}`)
  .join(",");

/** All buckets. */
export const buckets: readonly string[] = Object.values(BUCKETS);

/** The node that stores `bucket`. */
export function ownerOf(bucket: string): Host {
  const owner = hosts.find((host) => BUCKETS[host] === bucket);
  if (owner === undefined) throw new RangeError(`There is no bucket "${bucket}"`);
  return owner;
}

/** The full name of the host's node. */
export function nodeOf(host: Host): string {
  return `${host}@${host}-host`;
}

/** Whether these are the two of the pair, in any order. */
export function isOf([one, other]: Pair, a: string, b: string): boolean {
  return (one === a && other === b) || (one === b && other === a);
}

/** Who asks, and who is asked. */
export type Direction = readonly [from: Host, to: Host];

/** Both directions of each pair. */
export function directionsOf(some: readonly Pair[]): readonly Direction[] {
  return some.flatMap(([a, b]): Direction[] => [
    [a, b],
    [b, a],
  ]);
}
