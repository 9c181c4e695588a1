import type { NodeCommand } from "@kv/application";
import type { ListBucketsOutcome, ListOptions } from "@kv/storage";
import { parseBucketName } from "../bucket-name.ts";
import type { NodeKv } from "../kv.ts";
import { byteMember } from "./byte-form.ts";
import { counted } from "./counted.ts";
import { base64Option, formOf } from "./name-arguments.ts";
import { settled } from "./settled.ts";
import { shownMember } from "./shown-bytes.ts";

/** A bucket: `bucket` or `bucketBase64`, how many `keys` it has, its `revision` and, if it has one, its `expiresAtMs`. */
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
      const { keys, revision, expiresAtMs } = described;
      await print({
        ...byteMember("bucket", bucket, formOf(context)),
        keys,
        revision,
        expiresAtMs,
      });
    }
    return undefined;
  },
  formatItem: (item, typed) => {
    const { keys, expiresAtMs } = item;
    const line = `${shownMember(item, "bucket", typed)}  ${counted(Number(keys), "key")}`;
    if (typeof expiresAtMs !== "number") return line;
    return `${line}, expires ${new Date(expiresAtMs).toISOString()}`;
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
