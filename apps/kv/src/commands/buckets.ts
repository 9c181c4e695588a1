import type { NodeCommand } from "@kv/application";
import type { ListBucketsOutcome, ListOptions } from "@kv/storage";
import type { NodeKv } from "../kv.ts";
import { byteMember } from "./byte-form.ts";
import { base64Option, formOf } from "./name-arguments.ts";
import { settled } from "./settled.ts";
import { shownMember } from "./shown-bytes.ts";

/** A bucket: `bucket` or `bucketBase64`, its `revision` and, if it has one, its `expiresAtMs`. */
export type BucketItem = Readonly<Record<string, string | number | undefined>>;

/** `buckets`: those that this node stores. */
export const bucketsCommand: NodeCommand<NodeKv, undefined, BucketItem> = {
  name: "buckets",
  summary: "The buckets that the node stores",
  options: [base64Option],
  where: "node",
  run: async (context) => {
    for await (const { bucket, revision, expiresAtMs } of allBuckets(context.api)) {
      await context.print({
        ...byteMember("bucket", bucket, formOf(context)),
        revision,
        expiresAtMs,
      });
    }
    return undefined;
  },
  formatItem: (item, typed) => {
    const { expiresAtMs } = item;
    const name = shownMember(item, "bucket", typed);
    if (typeof expiresAtMs !== "number") return name;
    return `${name}  (expires ${new Date(expiresAtMs).toISOString()})`;
  },
};

/** The node's buckets, page by page; each as it was when its page was read. */
export async function* allBuckets(
  kv: NodeKv,
): AsyncGenerator<ListBucketsOutcome["page"]["entries"][number]> {
  let cursor: ListOptions["cursor"];
  do {
    const { page } = await settled("list the buckets", () => kv.listBuckets({ cursor }));
    yield* page.entries;
    cursor = page.next;
  } while (cursor !== undefined);
}
