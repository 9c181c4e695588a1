import type { NodeCommand } from "@kv/application";
import type { NodeKv } from "../kv.ts";
import { quoteBytes } from "../quote-bytes.ts";
import { byteMember } from "./byte-form.ts";
import { base64Option, formOf, typedBucket } from "./name-arguments.ts";
import { noBucket } from "./no-bucket.ts";
import { settled } from "./settled.ts";

/** `bucket` or `bucketBase64`, and the revision of the drop. */
export type DroppedBucket = Readonly<Record<string, string | number>>;

/** `drop`: removes a bucket with all its keys, durably when it returns. */
export const dropCommand: NodeCommand<NodeKv, DroppedBucket, never> = {
  name: "drop",
  summary: "Removes a bucket with all its keys",
  arguments: [{ name: "bucket", description: "its name" }],
  options: [base64Option],
  where: "node",
  level: "info",
  run: async (context) => {
    const bucket = typedBucket(context);
    const action = `drop ${quoteBytes(bucket)}`;
    const outcome = await settled(action, () => context.api.dropBucket(bucket));
    if (outcome.type === "no-bucket") throw noBucket(action, bucket);
    return { ...byteMember("bucket", bucket, formOf(context)), revision: outcome.revision };
  },
  format: ({ revision }) => `OK, revision ${revision}`,
};
