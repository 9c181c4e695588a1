import { crc32 } from "node:zlib";
import { parseBucketName } from "../../../apps/kv/src/bucket-name.ts";
import { encodeLine } from "../../../apps/kv/src/commands/transfer/export-line.ts";
import { valueOf } from "../label.ts";

/** A bucket and its keys, as they stand in an export. */
export interface ExportedBucket {
  readonly bucket: string;
  readonly expiresAtMs?: number | undefined;
  readonly keys: readonly {
    readonly key: string;
    readonly label: string;
    readonly expiresAtMs?: number | undefined;
  }[];
}

/** A whole export, from its header to its end. */
export function exportText({ bucket, expiresAtMs, keys }: ExportedBucket): string {
  const name = parseBucketName(Buffer.from(bucket));
  if (name === undefined) throw new RangeError(`"${bucket}" can be no bucket`);
  const text = [
    encodeLine({ type: "export", version: 1, node: "kv@elsewhere" }),
    encodeLine({ type: "bucket", bucket: name, expiresAtMs }),
    ...keys.map(({ key, label, expiresAtMs: atMs }) => {
      const [keyBytes, value] = [Buffer.from(key), Buffer.from(valueOf(label))];
      return encodeLine({ type: "key", bucket: name, key: keyBytes, value, expiresAtMs: atMs });
    }),
  ].join("");
  return text + encodeLine({ type: "end", buckets: 1, keys: keys.length, crc32: crc32(text) });
}
