import type { Store } from "@kv/storage";
import { answered } from "./answered.ts";
import type { PlacementRecords } from "./records.ts";
import { systemBucket } from "./system-bucket.ts";

/** What lies in a store and is nothing that clients have there. */
export interface Hidden {
  readonly buckets: number;
  readonly keys: number;
}

/** What lies in `store` and is not served from there: what is remembered of moves, and copies that are not served yet or any more. */
export function hiddenIn(
  store: Store,
  { arriving, moved }: Pick<PlacementRecords, "arriving" | "moved">,
): Hidden {
  const names = new Set(arriving.keys());
  for (const [name, { isConfirmed }] of moved) if (!isConfirmed) names.add(name);
  const own = Array.from(names, (name) => Buffer.from(name, "latin1"));
  const keys = [systemBucket, ...own].flatMap((bucket) => {
    const { outcome } = answered(store.describeBucket(bucket));
    return outcome.type === "found" ? [outcome.keys] : [];
  });
  return { buckets: keys.length, keys: keys.reduce((sum, count) => sum + count, 0) };
}
