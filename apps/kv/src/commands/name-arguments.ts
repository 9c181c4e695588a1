import type { Invocation, OptionDeclaration } from "@kv/application";
import { type BucketName, bucketNameLimitBytes, parseBucketName } from "../bucket-name.ts";
import { type ByteForm, parseBase64 } from "./byte-form.ts";
import { isDistorted } from "./distorted-text.ts";
import { misuse } from "./misuse.ts";

/** For every command that is given or shows bytes. */
export const base64Option = {
  name: "base64",
  type: "boolean",
  description: "names, keys and values are base64, typed as well as printed",
} as const satisfies OptionDeclaration;

/** How the operator wants to see bytes. */
export function formOf({ options }: Invocation): ByteForm {
  return options.flag(base64Option.name) ? "base64" : "text";
}

/** The bytes that were typed as `argument`. Throws `COMMAND_USAGE`. */
export function typedBytes(typed: Invocation, argument: string): Uint8Array {
  const word = typed.words.text(argument);
  if (formOf(typed) === "text") {
    if (!isDistorted(word)) return Buffer.from(word);
    const reason = `the argument ${argument} is no UTF-8, or has the character U+FFFD in it`;
    throw misuse(`${reason}; type it as base64, with --base64`);
  }
  const bytes = parseBase64(word);
  if (bytes === undefined) throw misuse(`the argument ${argument} is no base64`);
  return bytes;
}

/** The bucket that was typed. Throws `COMMAND_USAGE`. */
export function typedBucket(typed: Invocation): BucketName {
  const bucket = parseBucketName(typedBytes(typed, "bucket"));
  if (bucket !== undefined) return bucket;
  const reason = `a bucket's name has 1 to ${bucketNameLimitBytes} bytes`;
  throw misuse(reason);
}
