import type { Mutation } from "./mutation.ts";
import type { Tables } from "./tables.ts";

/**
 * Why `mutation`, read from a log, cannot be what happened next to `tables`; `undefined` when it
 * can. Bytes may be just as they were written and still be the trace of a bug or of a forger: a log
 * that holds such a thing is refused rather than guessed at.
 */
export function findNonsense(tables: Tables, mutation: Mutation): string | undefined {
  const { type, revision, bucketId } = mutation;
  if (revision <= tables.lastRevision) return `revision ${revision} comes a second time`;
  if (type === "create") {
    const hasName = tables.buckets.get(mutation.name) !== undefined;
    return hasName ? `bucket ${bucketId} takes a name that is taken` : undefined;
  }
  const bucket = tables.bucketsById.get(bucketId);
  if (bucket === undefined) return `revision ${revision} is for bucket ${bucketId}, there is none`;
  if (type === "delete" || type === "expire-key") {
    const keys = type === "delete" ? mutation.keys : [mutation.key];
    const areThere = keys.every((key) => bucket.keys.get(key) !== undefined);
    return areThere ? undefined : `revision ${revision} is for a key that is not there`;
  }
  return undefined;
}
