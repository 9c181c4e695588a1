/** Escapes what gives a part of a key a meaning for the cluster, and the escape itself. */
const SPECIAL = new Map([
  [0x25, "%25"],
  [0x7b, "%7B"],
  [0x7d, "%7D"],
]);

/** By byte, whether it is one of those: looked up for each byte of each request. */
const IS_SPECIAL = Uint8Array.from({ length: 256 }, (_, byte) => Number(SPECIAL.has(byte)));

const PREFIX = Buffer.from("b:");

/**
 * The key of a bucket's hash: `b:` and its name, with `%`, `{` and `}` as `%25`, `%7B` and `%7D`. Braces would have a part of the name
 * decide the slot alone.
 */
export function hashOf(bucket: Uint8Array): Buffer {
  if (!hasSpecial(bucket)) return behind(PREFIX, bucket);
  const parts = [PREFIX];
  for (const byte of bucket) parts.push(Buffer.from(SPECIAL.get(byte) ?? [byte]));
  return Buffer.concat(parts);
}

/** The bucket whose hash has this key; `undefined` for a key that is none of ours. */
export function bucketOf(hash: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(hash.buffer, hash.byteOffset, hash.length);
  if (!bytes.subarray(0, PREFIX.length).equals(PREFIX)) return undefined;
  const name = bytes.subarray(PREFIX.length);
  if (!name.includes(0x25)) return Buffer.from(name);
  const plain: number[] = [];
  for (let at = 0; at < name.length; at++) {
    const byte = name[at] ?? 0;
    if (byte !== 0x25) {
      plain.push(byte);
      continue;
    }
    const found = SPECIAL.entries().find(([, text]) =>
      name.subarray(at, at + 3).equals(Buffer.from(text)),
    );
    if (found === undefined) return undefined;
    plain.push(found[0]);
    at += 2;
  }
  return Buffer.from(plain);
}

/** The field of a key in its bucket's hash. */
export function fieldOf(key: Uint8Array): Buffer {
  return behind(KEY_PREFIX, key);
}

const KEY_PREFIX = Buffer.from("k");

function hasSpecial(bucket: Uint8Array): boolean {
  for (const byte of bucket) if (IS_SPECIAL[byte] === 1) return true;
  return false;
}

/** Not `Buffer.concat`: it takes three times as long for two short arrays. */
function behind(prefix: Uint8Array, bytes: Uint8Array): Buffer {
  const both = Buffer.allocUnsafe(prefix.length + bytes.length);
  both.set(prefix);
  both.set(bytes, prefix.length);
  return both;
}
