import type { ListBucketsOutcome, ListKeysOutcome, ListOptions } from "@kv/kv";
import type { Page, Reply } from "../reply.ts";
import { atOnce, chain, mapAnswer } from "./answers.ts";
import type { Command, ScanBucketsCommand, ScanKeysCommand } from "./command.ts";
import { followPages } from "./follow-pages.ts";
import { keepBucket } from "./kept-bytes.ts";
import { readValues } from "./read-keys.ts";
import { ReplyBudget } from "./reply-budget.ts";
import type { Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";

/** Entries that one part of a scan looks at, at most: about a millisecond's work. */
const partLimit = 1000;

/** Nothing to show, and nothing further. */
const EMPTY: Page = { type: "page", cursor: undefined, keys: [], values: [] };

/** The names of all buckets that match. */
export function listBuckets(
  { kv, environment }: Surroundings,
  { pattern }: Extract<Command, { type: "list-buckets" }>,
): Replying<Reply> {
  const budget = new ReplyBudget(environment.replyLimitBytes, "SCAN lists buckets in parts");
  const keys: Uint8Array[] = [];
  const take = ({ page }: ListBucketsOutcome) => {
    for (const { bucket } of page.entries) {
      if (pattern?.matches(bucket) === false) continue;
      if (!budget.take(bucket.length)) return undefined;
      keys.push(bucket);
    }
    return page.next;
  };
  return followPages(
    { read: (cursor) => kv.listBuckets({ cursor }), take },
    (): Reply => (budget.isSpent ? budget.refusal() : { type: "keys", keys }),
  );
}

/** A part of the buckets. */
export function scanBuckets({ kv }: Surroundings, scan: ScanBucketsCommand): Replying<Reply> {
  const { cursor, count, pattern } = scan;
  const options = { cursor: cursorOf(cursor), limit: Math.min(count, partLimit) };
  return mapAnswer(kv.listBuckets(options), ({ page }): Reply => {
    const names = page.entries.map(({ bucket }) => bucket);
    const keys = names.filter((name) => pattern?.matches(name) ?? true);
    return { type: "page", cursor: page.next, keys, values: [] };
  });
}

/** A part of the keys of a bucket, with their values. */
export function scanKeys(surroundings: Surroundings, scan: ScanKeysCommand): Replying<Reply> {
  const kept = { ...scan, bucket: keepBucket(scan.bucket) };
  return scanPart(surroundings, kept, Math.min(scan.count, partLimit));
}

/** Large values make the part smaller rather than a failure of it: a scan is the way out for whoever had one. */
function scanPart(
  surroundings: Surroundings,
  scan: ScanKeysCommand,
  limit: number,
): Replying<Reply> {
  const { bucket, pattern } = scan;
  const { replyLimitBytes } = surroundings.environment;
  const budget = new ReplyBudget(limit === 1 ? Number.POSITIVE_INFINITY : replyLimitBytes, "");
  const listing = surroundings.kv.listKeys(bucket, { cursor: cursorOf(scan.cursor), limit });
  return chain(listing, (outcome: ListKeysOutcome): Replying<Reply> => {
    if (outcome.type === "no-bucket") return atOnce(EMPTY);
    const { entries, next } = outcome.page;
    const keys = entries.map(({ key }) => key).filter((key) => pattern?.matches(key) ?? true);
    for (const key of keys) budget.take(key.length);
    const make = (values: readonly (Uint8Array | undefined)[]): Reply => pageOf(keys, values, next);
    return chain(readValues(surroundings, { bucket, keys }, { budget, make }), (reply) => {
      if (!budget.isSpent) return atOnce(reply);
      return scanPart(surroundings, scan, Math.ceil(limit / 2));
    });
  });
}

/** A key that went meanwhile is left out. */
function pageOf(
  keys: readonly Uint8Array[],
  values: readonly (Uint8Array | undefined)[],
  cursor: string | undefined,
): Page {
  return {
    type: "page",
    cursor,
    keys: keys.filter((_key, index) => values[index] !== undefined),
    values: values.filter((value) => value !== undefined),
  };
}

function cursorOf(text: string | undefined): ListOptions["cursor"] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the store judges what a client sends back
  return text as ListOptions["cursor"];
}
