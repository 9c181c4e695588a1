import type {
  ListBucketsOutcome,
  ListedBucket,
  ListedKey,
  ListKeysOutcome,
  Page,
} from "@kv/storage";
import { readLifetime, writeLifetime } from "./bucket-outcomes.ts";
import { readCursor } from "./cursor.ts";
import { readOptionalNumber, writeOptionalNumber, writeOptionalText } from "./optional.ts";
import type { OutcomeCodec } from "./outcome-codec.ts";
import { KIND } from "./outcome-kind.ts";
import { readRevision, writeRevision } from "./revision.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** What comes of `listBuckets`. */
export const listBucketsCodec: OutcomeCodec<ListBucketsOutcome> = {
  write(writer, { page }) {
    writer.u8(KIND.buckets);
    writePage(writer, page, (bucket) => {
      writer.block(bucket.bucket);
      writeRevision(writer, bucket.revision);
      writeOptionalNumber(writer, bucket.expiresAtMs);
      writeLifetime(writer, bucket.lifetime);
    });
  },
  read(reader, kind) {
    if (kind !== KIND.buckets) return undefined;
    const page = readPage(reader, (): ListedBucket => {
      const bucket = reader.block();
      const revision = readRevision(reader);
      const expiresAtMs = readOptionalNumber(reader);
      return { bucket, revision, expiresAtMs, lifetime: readLifetime(reader) };
    });
    return { type: "listed", page };
  },
};

/** What comes of `listKeys`. */
export const listKeysCodec: OutcomeCodec<ListKeysOutcome> = {
  write(writer, outcome) {
    if (outcome.type === "no-bucket") return writer.u8(KIND.noBucket);
    writer.u8(KIND.keys);
    writePage(writer, outcome.page, ({ key, revision, expiresAtMs }) => {
      writer.block(key);
      writeRevision(writer, revision);
      writeOptionalNumber(writer, expiresAtMs);
    });
  },
  read(reader, kind) {
    if (kind === KIND.noBucket) return { type: "no-bucket" };
    if (kind !== KIND.keys) return undefined;
    const page = readPage(reader, (): ListedKey => {
      const key = reader.block();
      const revision = readRevision(reader);
      return { key, revision, expiresAtMs: readOptionalNumber(reader) };
    });
    return { type: "listed", page };
  },
};

function writePage<Entry>(
  writer: WireWriter,
  { entries, next }: Page<Entry>,
  write: (entry: Entry) => void,
): void {
  writer.u32(entries.length);
  for (const entry of entries) write(entry);
  writeOptionalText(writer, next);
}

/** An announced count takes no memory: entries are read while there are any. */
function readPage<Entry>(reader: WireReader, read: () => Entry): Page<Entry> {
  const entries: Entry[] = [];
  for (let left = reader.u32(); left > 0 && !reader.isBad; left--) entries.push(read());
  return { entries, next: readCursor(reader) };
}
