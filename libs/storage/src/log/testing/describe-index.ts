import { type KeyIndex, NEVER } from "../../key-index/key-index.ts";
import { decodeField, fieldBytes } from "../format/field.ts";

/**
 * Everything that an index says, as text that differs when anything does that a client could see: its
 * buckets by their ids, its keys with the values that stand where the index says.
 */
export function describeIndex(index: KeyIndex, bytesOf: (segment: number) => Uint8Array): string {
  const buckets: (readonly [id: number, lines: readonly string[]])[] = [];
  eachOf(
    (position, limit, visit) => index.listBuckets(position, limit, visit),
    (bucket) => {
      const id = index.bucketId(bucket);
      const keys: string[] = [];
      eachOf(
        (position, limit, visit) => index.listKeys(bucket, position, limit, visit),
        (entry) => {
          const start = index.offset(entry);
          const end = start + fieldBytes(index.keyBytes(entry), index.valueBytes(entry));
          const field = decodeField(bytesOf(index.segment(entry)).subarray(start, end), id);
          const value = field === undefined ? "nothing" : hex(field.value);
          const isIts = field !== undefined && Buffer.compare(field.key, index.key(entry)) === 0;
          const key = `${hex(index.key(entry))}${isIts ? "" : " (not there)"}`;
          const until = timeText(index.expiresAtMs(entry));
          keys.push(`  ${key} = ${value} at ${index.revision(entry)} until ${until}`);
        },
      );
      const until = timeText(index.bucketExpiresAtMs(bucket));
      const life = index.lifetimes.isTransient(bucket) ? ", transient" : "";
      const about = `at ${index.bucketRevision(bucket)} until ${until}${life}`;
      const name = hex(index.bucketName(bucket));
      buckets.push([id, [`${id}: ${name} ${about}`, ...keys.toSorted()]]);
    },
  );
  return buckets
    .toSorted(([one], [other]) => one - other)
    .flatMap(([, lines]) => lines)
    .join("\n");
}

function eachOf(
  list: (position: number, limit: number, visit: (ref: number) => boolean) => number | undefined,
  show: (ref: number) => void,
): void {
  let position: number | undefined = 0;
  while (position !== undefined) {
    position = list(position, 16, (ref) => {
      show(ref);
      return true;
    });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function timeText(expiresAtMs: number): string {
  return expiresAtMs === NEVER ? "never" : String(expiresAtMs);
}
