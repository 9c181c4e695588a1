import { ApplicationError, type NodeCommand } from "@kv/application";
import type { NodeKv } from "../kv.ts";
import { quoteBytes } from "../quote-bytes.ts";
import { base64Of, byteMember, bytesIn } from "./byte-form.ts";
import { base64Option, formOf, typedBucket, typedBytes } from "./name-arguments.ts";
import { noBucket } from "./no-bucket.ts";
import { settled } from "./settled.ts";
import { shownLines } from "./shown-bytes.ts";

/** `bucket`, `key` and `value`, each perhaps as `…Base64`; `revision`, and `expiresAtMs` if it has one. */
export type GotValue = Readonly<Record<string, string | number | undefined>>;

/** `get`: a key's value. A key that is not there is a failure. */
export const getCommand: NodeCommand<NodeKv, GotValue, never> = {
  name: "get",
  summary: "The value of a key",
  description:
    "What a terminal cannot show, and bytes that are no UTF-8, are shown as \\xNN; --json and --base64 are exact.",
  arguments: [
    { name: "bucket", description: "the name of the bucket" },
    { name: "key", description: "the key" },
  ],
  options: [base64Option],
  where: "node",
  run: async (context) => {
    const bucket = typedBucket(context);
    const key = typedBytes(context, "key");
    const action = `get ${quoteBytes(key)}`;
    const outcome = await settled(action, () => context.api.get(bucket, key));
    if (outcome.type === "no-bucket") throw noBucket(action, bucket);
    if (outcome.type === "missing") {
      const reason = `there is no such key in bucket ${quoteBytes(bucket)}`;
      throw new ApplicationError("COMMAND_FAILED", { action, reason });
    }
    const form = formOf(context);
    return {
      ...byteMember("bucket", bucket, form),
      ...byteMember("key", key, form),
      ...byteMember("value", outcome.value, form),
      revision: outcome.revision,
      expiresAtMs: outcome.expiresAtMs,
    };
  },
  format: (got, typed) => {
    const value = bytesIn(got, "value") ?? new Uint8Array();
    return formOf(typed) === "base64" ? base64Of(value) : shownLines(value);
  },
};
