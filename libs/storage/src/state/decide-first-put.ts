import type { KeyIndex } from "../key-index/key-index.ts";
import type { PutOutcome } from "../store.ts";
import { creationOf } from "./decide-bucket.ts";
import type { PutRequest } from "./decide-put.ts";
import type { Decision } from "./decision.ts";
import { countDistinct, latestOfEachKey } from "./distinct-keys.ts";
import { assertKeyFits } from "./key-limit.ts";
import { hasLapsed } from "./lapse.ts";
import { absenceRestsOn, bucketAbsent } from "./look-up.ts";
import type { DropMutation, PutMutation } from "./mutation.ts";
import { mutationNumber } from "./mutation-number.ts";

/**
 * A put to a bucket that is not there and may be created, a transient one: in one decision, and so in one
 * group of the log. Conditions are judged against an empty bucket. When the time of every field is over
 * already, the bucket goes in the same group as it came: its revisions are used up all the same.
 */
export function decideFirstPut(
  index: KeyIndex,
  { bucket: name, fields }: PutRequest,
  nowMs: number,
): Decision<PutOutcome> {
  assertKeyFits(name);
  if (fields.length === 0) return { ...bucketAbsent(index, name), mutations: [] };
  const failing = fields.find(({ condition }) => condition?.type === "revision");
  if (failing !== undefined) {
    const key = new Uint8Array(failing.key);
    const outcome = { type: "conflict", key, revision: undefined } as const;
    return { outcome, mutations: [], restsOn: absenceRestsOn(index, name) };
  }
  const { create, mutations } = creationOf(index, name, "transient");
  const { bucketId } = create;
  const revision = mutationNumber(create.revision + 1);
  const isAnyOver = fields.some((field) => hasLapsed(field, nowMs));
  const living = isAnyOver
    ? latestOfEachKey(fields).filter((field) => !hasLapsed(field, nowMs))
    : fields;
  const last: PutMutation | DropMutation =
    living.length === 0
      ? { type: "drop", bucketId, revision }
      : { type: "put", bucketId, revision, fields: living };
  const added = countDistinct(fields.map(({ key }) => key));
  return {
    outcome: { type: "stored", revision, added },
    mutations: [...mutations, last],
    restsOn: revision,
  };
}
