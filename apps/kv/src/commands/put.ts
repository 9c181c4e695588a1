import type { NodeCommand } from "@kv/application";
import type { NodeKv } from "../kv.ts";
import { quoteBytes } from "../quote-bytes.ts";
import { byteMember } from "./byte-form.ts";
import { misuse } from "./misuse.ts";
import { base64Option, formOf, typedBucket, typedBytes } from "./name-arguments.ts";
import { noBucket } from "./no-bucket.ts";
import { settled } from "./settled.ts";

/**
 * The longest key and value, in bytes: what a client may send unless `keyLimitBytes` and `valueLimitBytes` of kv-server say
 * otherwise. A key that no client can name would be nobody's.
 */
const keyLimitBytes = 64 * 1024;
const valueLimitBytes = 64 * 1024 * 1024;

/** `bucket` and `key`, each perhaps as `…Base64`; the key's new `revision`, and whether it is new. */
export type PutValue = Readonly<Record<string, string | number | boolean>>;

/** `put`: sets a key, durably when it returns. The key does not expire. */
export const putCommand: NodeCommand<NodeKv, PutValue, never> = {
  name: "put",
  summary: "Sets the value of a key",
  description: "A key may have 65,536 bytes, a value 67,108,864.",
  arguments: [
    { name: "bucket", description: "the name of the bucket" },
    { name: "key", description: "the key" },
    { name: "value", description: "the value" },
  ],
  options: [
    base64Option,
    { name: "create", type: "boolean", description: "make the bucket when it is not there" },
  ],
  where: "node",
  level: "info",
  run: async (context) => {
    const { api, options } = context;
    const bucket = typedBucket(context);
    const field = { key: typedBytes(context, "key"), value: typedBytes(context, "value") };
    refuseLonger("key", field.key, keyLimitBytes);
    refuseLonger("value", field.value, valueLimitBytes);
    const action = `put ${quoteBytes(field.key)}`;
    if (options.flag("create")) await settled(action, () => api.createBucket(bucket));
    const outcome = await settled(action, () => api.put(bucket, [field]));
    if (outcome.type === "conflict") throw new Error("a put without a condition has no conflict");
    if (outcome.type === "no-bucket") throw noBucket(action, bucket);
    return {
      ...byteMember("bucket", bucket, formOf(context)),
      ...byteMember("key", field.key, formOf(context)),
      revision: outcome.revision,
      added: outcome.added === 1,
    };
  },
  format: ({ revision }) => `OK, revision ${revision}`,
};

function refuseLonger(name: string, { length }: Uint8Array, limitBytes: number): void {
  if (length <= limitBytes) return;
  throw misuse(`the ${name} has ${length} bytes, and ${limitBytes} are the most`);
}
