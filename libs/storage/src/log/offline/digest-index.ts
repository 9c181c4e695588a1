import { createHash } from "node:crypto";
import { type KeyIndex, NEVER } from "../../key-index/key-index.ts";
import { ByteWriter } from "../format/byte-writer.ts";

/** Listed at a time. */
const PAGE_KEYS = 10_000;

/** Hashed at a time. */
const PIECE_BYTES = 64 * 1024;

/**
 * A digest of what an index knows: two indexes with the same hash key that know the same have the same one.
 * Keys that expire are left out, since an index that was in use has forgotten those that have lapsed.
 */
export async function digestIndex(index: KeyIndex, pause: () => Promise<void>): Promise<string> {
  const hash = createHash("sha256");
  const writer = new ByteWriter();
  const flush = (limitBytes: number): void => {
    if (writer.length < limitBytes) return;
    hash.update(writer.view());
    writer.setLength(0);
  };
  const addBlock = (bytes: Uint8Array): void => {
    writer.u32(bytes.length);
    writer.bytes(bytes);
  };
  for (let page: number | undefined = 0; page !== undefined; ) {
    const buckets: number[] = [];
    page = index.listBuckets(page, PAGE_KEYS, (bucket) => buckets.push(bucket) > 0);
    for (const bucket of buckets) {
      const expiresAtMs = index.bucketExpiresAtMs(bucket);
      writer.u64(index.bucketId(bucket));
      writer.u64(index.bucketRevision(bucket));
      writer.u32(index.bucketSegment(bucket));
      writer.u8(expiresAtMs === NEVER ? 0 : 1);
      writer.u8(index.lifetimes.isTransient(bucket) ? 1 : 0);
      writer.i64(expiresAtMs === NEVER ? 0 : expiresAtMs);
      addBlock(index.bucketName(bucket));
      for (let keys: number | undefined = 0; keys !== undefined; ) {
        keys = index.listKeys(bucket, keys, PAGE_KEYS, (entry) => {
          if (index.expiresAtMs(entry) !== NEVER) return true;
          writer.u64(index.revision(entry));
          writer.u32(index.segment(entry));
          writer.u32(index.offset(entry));
          writer.u32(index.valueBytes(entry));
          addBlock(index.key(entry));
          flush(PIECE_BYTES);
          return true;
        });
        if (keys !== undefined) await pause();
      }
      flush(PIECE_BYTES);
    }
    await pause();
  }
  flush(0);
  return hash.digest("hex");
}
