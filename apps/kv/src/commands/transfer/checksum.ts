import { ApplicationError, type NodeCommand, type NodeContext } from "@kv/application";
import type { GetOutcome, ListOptions } from "@kv/storage";
import type { BucketName } from "../../bucket-name.ts";
import type { NodeKv } from "../../kv.ts";
import { nameKey } from "../../placement/system-bucket.ts";
import { counted } from "../counted.ts";
import { misuse } from "../misuse.ts";
import { settled } from "../settled.ts";
import { bucketsInOrder } from "./buckets-in-order.ts";
import { ContentChecksum } from "./content-checksum.ts";

/** What a node holds, in numbers. */
export interface Checksum {
  readonly buckets: number;
  readonly keys: number;
  /** As a `ContentChecksum` shows itself. */
  readonly checksum: string;
}

const action = "add up what is stored";

/** `checksum`: of all that a node stores, to be compared with that of others. */
export const checksumCommand: NodeCommand<NodeKv, Checksum, never> = {
  name: "checksum",
  summary: "Counts what the node stores and adds up a checksum of it",
  description: [
    "Two nodes with the same buckets, keys, values and times of expiry have the same one, whatever their engines. Those of several nodes, joined by +, stand for all that they store together.",
    "It is of one moment only while nobody writes: put the fence up first.",
  ].join("\n\n"),
  options: [
    {
      name: "expect",
      type: "string",
      description: "the checksum of another node, or several joined by +; another one is a failure",
    },
    {
      name: "until",
      type: "string",
      description:
        "leave out what expires before this time, as in 2026-11-23T12:00Z: it may be there in one node and gone in the other",
    },
  ],
  where: "node",
  level: "info",
  run: async (context) => {
    const expectedText = context.options.text("expect");
    const expected = expectedText === undefined ? undefined : ContentChecksum.parse(expectedText);
    if (expectedText !== undefined && expected === undefined) {
      throw misuse(`${JSON.stringify(expectedText)} is no checksum`);
    }
    const found = await addUp(context, untilMs(context.options.text("until")));
    if (expected !== undefined && String(expected) !== String(found)) {
      const reason = `expected ${shown(expected)}, there are ${shown(found)}`;
      throw new ApplicationError("COMMAND_FAILED", { action: "confirm what is stored", reason });
    }
    return { buckets: found.buckets, keys: found.keys, checksum: String(found) };
  },
  format: ({ buckets, keys, checksum }) =>
    `${counted(buckets, "bucket")} and ${counted(keys, "key")}: ${checksum}`,
};

function shown(checksum: ContentChecksum): string {
  const content = `${counted(checksum.buckets, "bucket")} and ${counted(checksum.keys, "key")}`;
  return `${content} (${String(checksum)})`;
}

function untilMs(text: string | undefined): number {
  if (text === undefined) return 0;
  const parsed = Date.parse(text);
  if (Number.isNaN(parsed)) throw misuse(`${JSON.stringify(text)} is no time`);
  return parsed;
}

async function addUp(
  { api: kv, progress, signal }: NodeContext<NodeKv>,
  leftOutUntilMs: number,
): Promise<ContentChecksum> {
  const sum = new ContentChecksum();
  const isLeftOut = (expiresAtMs: number | undefined): boolean =>
    expiresAtMs !== undefined && expiresAtMs < leftOutUntilMs;
  for await (const bucket of bucketsInOrder(kv, undefined)) {
    const described = await settled(action, () => kv.describeBucket(bucket));
    if (described.type === "no-bucket" || isLeftOut(described.expiresAtMs)) continue;
    const before = sum.keys;
    for await (const { key, outcome } of keysOf(kv, bucket)) {
      signal.throwIfAborted();
      if (outcome.type !== "found" || isLeftOut(outcome.expiresAtMs)) continue;
      sum.addKey(bucket, key, outcome);
      progress(`Added up ${sum.keys.toLocaleString("en-US")} keys`);
    }
    // One that goes with its last key goes with those that were left out.
    if (described.lifetime === "transient" && sum.keys === before) continue;
    sum.addBucket(bucket, described.lifetime, described.expiresAtMs);
  }
  return sum;
}

/** Values that are read at a time. */
const readsAtOnce = 64;

/** Every key once, though an engine may list it twice. */
async function* keysOf(
  kv: NodeKv,
  bucket: BucketName,
): AsyncGenerator<{ readonly key: Uint8Array; readonly outcome: GetOutcome }> {
  const seen = new Set<string>();
  let cursor: ListOptions["cursor"];
  do {
    const options = { cursor };
    const listed = await settled(action, () => kv.listKeys(bucket, options));
    if (listed.type === "no-bucket") return;
    const fresh = listed.page.entries.filter(({ key }) => {
      const name = nameKey(key);
      return !seen.has(name) && seen.add(name);
    });
    for (let at = 0; at < fresh.length; at += readsAtOnce) {
      yield* await Promise.all(
        fresh.slice(at, at + readsAtOnce).map(async ({ key }) => {
          const outcome = await settled<GetOutcome>(action, () => kv.get(bucket, key));
          return { key, outcome };
        }),
      );
    }
    cursor = listed.page.next;
  } while (cursor !== undefined);
}
