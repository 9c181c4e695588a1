import type { NodeCommand } from "@kv/application";
import type { ListOptions } from "@kv/storage";
import type { NodeKv } from "../kv.ts";
import { quoteBytes } from "../quote-bytes.ts";
import { byteMember } from "./byte-form.ts";
import { base64Option, formOf, typedBucket } from "./name-arguments.ts";
import { noBucket } from "./no-bucket.ts";
import { settled } from "./settled.ts";
import { shownMember } from "./shown-bytes.ts";

/** A key: `key` or `keyBase64`, its `revision` and, if it has one, its `expiresAtMs`. */
export type KeyItem = Readonly<Record<string, string | number | undefined>>;

/** `keys`: those of a bucket, in no order. */
export const keysCommand: NodeCommand<NodeKv, undefined, KeyItem> = {
  name: "keys",
  summary: "The keys of a bucket",
  arguments: [{ name: "bucket", description: "its name" }],
  options: [base64Option],
  where: "node",
  run: async (context) => {
    const bucket = typedBucket(context);
    const action = `list the keys of ${quoteBytes(bucket)}`;
    let cursor: ListOptions["cursor"];
    do {
      const from = cursor;
      const listed = await settled(action, () => context.api.listKeys(bucket, { cursor: from }));
      if (listed.type === "no-bucket") throw noBucket(action, bucket);
      for (const { key, revision, expiresAtMs } of listed.page.entries) {
        await context.print({ ...byteMember("key", key, formOf(context)), revision, expiresAtMs });
      }
      cursor = listed.page.next;
    } while (cursor !== undefined);
    return undefined;
  },
  formatItem: (item, typed) => shownMember(item, "key", typed),
};
