/**
 * Bytes in JSON: text where they are UTF-8, base64 where they are not, told apart by the member's name: `key` or
 * `keyBase64`. Text is given up for anything long, since JSON makes six bytes of some one-byte characters.
 */

/** Longest array that is written as text, in bytes. */
const textLimitBytes = 1024 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Standard base64 with its padding, as we write it. Others spell it otherwise, but a wrong guess must not become data. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

/** How bytes are to be written: `base64` always as that, `text` as that where they are text. */
export type ByteForm = "text" | "base64";

/** The member `name`, or `nameBase64`, of a record. */
export function byteMember(
  name: string,
  bytes: Uint8Array,
  form: ByteForm = "text",
): Readonly<Record<string, string>> {
  const text = form === "text" ? textOf(bytes) : undefined;
  return text === undefined ? { [`${name}Base64`]: base64Of(bytes) } : { [name]: text };
}

/** The bytes of the member `name`, or `nameBase64`, of a record that somebody else wrote; `undefined` when there are none. */
export function bytesIn(
  record: Readonly<Record<string, unknown>>,
  name: string,
): Uint8Array | undefined {
  const text = record[name];
  const encoded = record[`${name}Base64`];
  if (typeof text === "string" && encoded === undefined) return Buffer.from(text);
  return typeof encoded === "string" && text === undefined ? parseBase64(encoded) : undefined;
}

/** The bytes that `text` stands for, `undefined` when it is no base64. */
export function parseBase64(text: string): Uint8Array | undefined {
  return BASE64.test(text) ? Buffer.from(text, "base64") : undefined;
}

/** `bytes` in base64. */
export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > textLimitBytes) return undefined;
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
