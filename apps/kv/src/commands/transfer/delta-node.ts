import { ApplicationError, type NodeContext } from "@kv/application";
import * as v from "valibot";
import type { BucketName } from "../../bucket-name.ts";
import type { NodeKv } from "../../kv.ts";
import { settled } from "../settled.ts";
import { bucketsInOrder } from "./buckets-in-order.ts";
import { type Exported, exportKeys, totalKeys, type Transfer } from "./export-node.ts";
import { ExportWriter } from "./export-writer.ts";
import { Beside, type BucketLine, linesIn } from "./former-buckets.ts";

const parameters = v.object({ sinceExportOf: v.string() });

/** What a node is asked for a delta with: the node that the earlier export is of. */
export type DeltaParameters = v.InferOutput<typeof parameters>;

/** Whether a delta is asked for. */
export function wantsDelta(context: Pick<NodeContext<NodeKv>, "parameters">): boolean {
  return v.is(parameters, context.parameters);
}

/**
 * The node's part of `export --since`: is sent the lines of the buckets in the earlier export, and sends what has come since. A bucket whose
 * revision is the same is passed over. Of one that was changed each key is named, as the same one or with its value; who has the earlier
 * export knows what that one had beside.
 */
export async function exportDelta(context: NodeContext<NodeKv>): Promise<Exported> {
  const { api: kv, input, progress, signal } = context;
  const { sinceExportOf } = v.parse(parameters, context.parameters);
  if (sinceExportOf !== kv.node) {
    const reason = `the earlier export is of node "${sinceExportOf}", and this is "${kv.node}"`;
    throw new ApplicationError("COMMAND_FAILED", { action: "export what has come since", reason });
  }
  const writer = new ExportWriter({ buckets: 0, keys: 0, crc32: 0 }, context.send);
  const total = totalKeys(kv);
  const onPage = (): void =>
    progress(`Compared with ${writer.keys.toLocaleString("en-US")} new of${total} keys`);
  const transfer: Transfer = { kv, writer, signal, onPage };
  await using former = new Beside(bucketLines(input), ({ bucket }) => bucket);
  const dropAll = async (until: BucketName | undefined): Promise<void> => {
    for await (const { bucket } of former.before(until)) {
      const described = await settled("export", () => kv.describeBucket(bucket));
      // One that has moved to another node is in that one's delta, all of it.
      if (described.type === "no-bucket") await writer.write({ type: "drop", bucket });
    }
  };
  for await (const bucket of bucketsInOrder(kv, undefined)) {
    signal.throwIfAborted();
    await dropAll(bucket);
    await compareBucket(transfer, bucket, await former.at(bucket));
  }
  await dropAll(undefined);
  await writer.writeMark({ type: "end" });
  await writer.flush();
  return { buckets: writer.buckets, keys: writer.keys };
}

async function* bucketLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<BucketLine> {
  for await (const line of linesIn(input)) if (line.type === "bucket") yield line;
}

async function compareBucket(
  transfer: Transfer,
  bucket: BucketName,
  former: BucketLine | undefined,
): Promise<void> {
  const { kv, writer } = transfer;
  const described = await settled("export", () => kv.describeBucket(bucket));
  if (described.type === "no-bucket") {
    // It has lapsed since it was listed.
    if (former !== undefined) await writer.write({ type: "drop", bucket });
    return;
  }
  const { revision, expiresAtMs, lifetime } = described;
  if (former !== undefined && String(former.revision) === String(revision)) return;
  // One that was kept and now goes with its last key was dropped meanwhile: nothing else undoes that it is kept. And one that is new
  // here may have moved here, with keys that are gone since.
  const wasKept = former?.lifetime !== "transient";
  const isOther = former === undefined || (wasKept && lifetime === "transient");
  if (isOther) await writer.write({ type: "drop", bucket });
  await writer.write({ type: "bucket", bucket, revision, expiresAtMs, lifetime });
  const sameUpTo = typeof former?.revision === "number" && !isOther ? former.revision : undefined;
  await exportKeys(transfer, bucket, { sameUpTo });
}
