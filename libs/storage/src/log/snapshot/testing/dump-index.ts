import type { KeyIndex } from "../../../key-index/key-index.ts";
import { lifetimeOf } from "../../../state/look-up.ts";

/**
 * Everything in an index, as text that differs when anything but the order of insertion does. What
 * dropped buckets have left behind is freed for it.
 */
export function dumpIndex(index: KeyIndex): string {
  while (index.reclaim(1000));
  const lines: string[] = [];
  const all = Number.MAX_SAFE_INTEGER;
  index.listBuckets(0, all, (bucket) => {
    const keys: string[] = [];
    index.listKeys(bucket, 0, all, (entry) => {
      const fields = {
        revision: index.revision(entry),
        expiresAtMs: index.expiresAtMs(entry),
        place: [index.segment(entry), index.offset(entry), index.valueBytes(entry)],
      };
      keys.push(`  ${textOf(index.key(entry))} ${textOfFields(fields)}`);
      return true;
    });
    const fields = {
      name: textOf(index.bucketName(bucket)),
      revision: index.bucketRevision(bucket),
      standing: index.bucketStandingRevision(bucket),
      removal: index.bucketRemovalRevision(bucket),
      expiresAtMs: index.bucketExpiresAtMs(bucket),
      segment: index.bucketSegment(bucket),
      lifetime: lifetimeOf(index, bucket),
      count: index.bucketKeyCount(bucket),
    };
    lines.push(
      [`bucket ${index.bucketId(bucket)} ${textOfFields(fields)}`, ...keys.toSorted()].join("\n"),
    );
    return true;
  });
  const { keyCount, bucketCount, liveBytes, lastRevision, dropRevision, nextExpiryMs } = index;
  const totals = { keyCount, bucketCount, liveBytes, lastRevision, dropRevision, nextExpiryMs };
  return [textOfFields(totals), ...lines.toSorted()].join("\n");
}

function textOf(bytes: Uint8Array): string {
  return `${bytes.length}:${Buffer.from(bytes.subarray(0, 64)).toString("hex")}`;
}

/** As JSON, but with `Infinity` where a time is never. */
function textOfFields(fields: object): string {
  return JSON.stringify(fields, (_name, value: unknown) =>
    typeof value === "number" ? String(value) : value,
  );
}
