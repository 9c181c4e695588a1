import type { NodeCommand } from "@kv/application";
import type { ListBucketsOutcome, ListOptions } from "@kv/storage";
import { parseBucketName } from "../bucket-name.ts";
import type { NodeKv } from "../kv.ts";
import { byteMember } from "./byte-form.ts";
import { counted } from "./counted.ts";
import { base64Option, formOf } from "./name-arguments.ts";
import { settled } from "./settled.ts";
import { shownMember } from "./shown-bytes.ts";

/**
 * A bucket: `bucket` or `bucketBase64`, how many `keys` it has, its `revision`, its `lifetime` (`kept`, or `transient`: it goes
 * with its last key) and, if it has one, its `expiresAtMs`.
 */
export type BucketItem = Readonly<Record<string, string | number | undefined>>;

/** `buckets`: those that this node stores. */
export const bucketsCommand: NodeCommand<NodeKv, undefined, BucketItem> = {
  name: "buckets",
  summary: "The buckets that the node stores",
  options: [base64Option],
  where: "node",
  run: async (context) => {
    const { api, print } = context;
    for await (const { bucket: name } of allBuckets(api)) {
      const bucket = parseBucketName(name);
      if (bucket === undefined) throw new Error("the store holds a bucket of no such name");
      const described = await settled("list the buckets", () => api.describeBucket(bucket));
      // It may be gone since the page was read.
      if (described.type === "no-bucket") continue;
      const { keys, revision, lifetime, expiresAtMs } = described;
      await print({
        ...byteMember("bucket", bucket, formOf(context)),
        keys,
        revision,
        lifetime,
        expiresAtMs,
      });
    }
    return undefined;
  },
  formatItem: (item, typed) => {
    const { keys, lifetime, expiresAtMs } = item;
    const parts = [counted(Number(keys), "key")];
    if (lifetime === "transient") parts.push("goes with the last");
    if (typeof expiresAtMs === "number") parts.push(`expires ${shownTime(expiresAtMs)}`);
    return `${shownMember(item, "bucket", typed)}  ${parts.join(", ")}`;
  },
};

/** The node's buckets, page by page; each as it was when its page was read. */
export async function* allBuckets(
  kv: NodeKv,
): AsyncGenerator<ListBucketsOutcome["page"]["entries"][number]> {
  let cursor: ListOptions["cursor"];
  do {
    const { page } = await settled("list the buckets", () => kv.listOwnBuckets({ cursor }));
    yield* page.entries;
    cursor = page.next;
  } while (cursor !== undefined);
}

/** The latest moment that a date can be: a bucket may be told to stay longer. */
const lastDateMs = 8_640_000_000_000_000;

function shownTime(unixTimeMs: number): string {
  return unixTimeMs > lastDateMs ? "later than any date" : new Date(unixTimeMs).toISOString();
}
