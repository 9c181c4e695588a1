import { decodeRecords } from "../../format/decode-records.ts";
import { GROUP_HEADER_BYTES, groupAt } from "../../format/group-header.ts";
import type { LogRecord } from "../../format/log-record.ts";
import type { Lifetime } from "../../../store.ts";
import { SEGMENT_HEADER_BYTES } from "../../format/segment-header.ts";
import { segmentNumber } from "../../file-names.ts";
import type { Content } from "../../simulation/simulated-machine.ts";

/** A group of a store that is whole. */
export interface WholeGroup {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly sequence: number;
  readonly records: readonly LogRecord[];
}

/** All groups of the log of a store that is whole. */
export function groupsOf(content: Content): readonly WholeGroup[] {
  const names = [...content.keys()].filter((name) => segmentNumber(name) !== undefined);
  return names.toSorted().flatMap((name) => {
    const bytes = content.get(name) ?? new Uint8Array();
    const groups: WholeGroup[] = [];
    for (let start = SEGMENT_HEADER_BYTES; start < bytes.length; ) {
      const { sequence, lengthBytes } = groupAt(bytes, start);
      const end = start + lengthBytes;
      const records = decodeRecords(bytes.subarray(start + GROUP_HEADER_BYTES, end)) ?? [];
      groups.push({ name, start, end, sequence, records });
      start = end;
    }
    return groups;
  });
}

interface ModelBucket {
  readonly name: string;
  revision: number;
  expiresAtMs: number | undefined;
  lifetime: Lifetime;
  readonly keys: Map<string, ModelKey>;
}

interface ModelKey {
  readonly value: string;
  readonly revision: number;
  readonly expiresAtMs: number | undefined;
  /** How many groups were lost before its value. */
  readonly lostBefore: number;
}

/** What groups come to when nothing else is known, as the lines of `stateOf`. */
export function stateBy(groups: readonly WholeGroup[]): readonly string[] {
  const names = new Map<number, string>();
  for (const record of groups.flatMap((group) => group.records)) {
    if ("name" in record) names.set(record.bucketId, hex(record.name));
  }
  const buckets = new Map<number, ModelBucket>();
  const first = groups[0]?.sequence ?? 0;
  for (const [count, { records, sequence }] of groups.entries()) {
    const lostBefore = sequence - first - count;
    for (const record of records) {
      if (record.type !== "trim") apply(buckets, { names, lostBefore }, record);
    }
  }
  const lines: string[] = [];
  for (const { name, revision, expiresAtMs, lifetime, keys } of buckets.values()) {
    if (lifetime === "transient" && keys.size === 0) continue;
    lines.push(`${name} at ${revision} until ${expiresAtMs}${lifeText(lifetime)}`);
    for (const [key, { value, revision: at, expiresAtMs: until }] of keys) {
      lines.push(`${name}/${key} = ${value} at ${at} until ${until}`);
    }
  }
  return lines.toSorted();
}

function apply(
  buckets: Map<number, ModelBucket>,
  { names, lostBefore }: { names: ReadonlyMap<number, string>; lostBefore: number },
  record: Exclude<LogRecord, { readonly type: "trim" }>,
): void {
  const { bucketId: id, revision } = record;
  if (record.type === "drop") {
    buckets.delete(id);
    return;
  }
  const name = names.get(id) ?? hex(Buffer.from(`salvaged-bucket-${id}`));
  for (const [other, bucket] of buckets)
    if (other < id && bucket.name === name) buckets.delete(other);
  const fresh: ModelBucket = {
    name,
    revision: id,
    expiresAtMs: undefined,
    lifetime: "kept",
    keys: new Map(),
  };
  const bucket = buckets.get(id) ?? fresh;
  buckets.set(id, bucket);
  if (record.type !== "copy") bucket.revision = Math.max(bucket.revision, revision);
  const { expiresAtMs } = "expiresAtMs" in record ? record : { expiresAtMs: undefined };
  switch (record.type) {
    case "restate":
      bucket.expiresAtMs = expiresAtMs;
      bucket.lifetime = record.lifetime ?? "kept";
      return;
    case "expire-bucket":
      bucket.expiresAtMs = expiresAtMs;
      return;
    case "keep":
      bucket.lifetime = "kept";
      return;
    case "put":
      for (const { key, value, expiresAtMs: until } of record.fields) {
        bucket.keys.set(hex(key), { value: hex(value), revision, expiresAtMs: until, lostBefore });
      }
      return;
    case "copy":
      bucket.keys.set(hex(record.key), {
        value: hex(record.value),
        revision,
        expiresAtMs,
        lostBefore,
      });
      return;
    case "delete":
      for (const key of record.keys) bucket.keys.delete(hex(key));
      return;
    case "expire-key": {
      const found = bucket.keys.get(hex(record.key));
      if (found !== undefined) {
        // The value that is lost may have been another.
        const at = found.lostBefore === lostBefore ? revision : found.revision;
        bucket.keys.set(hex(record.key), { ...found, revision: at, expiresAtMs });
      }
      return;
    }
    case "create":
      if (bucket === fresh) bucket.lifetime = record.lifetime ?? "kept";
  }
}

/** As `dump` shows it. */
function lifeText(lifetime: Lifetime): string {
  return lifetime === "transient" ? ", transient" : "";
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
