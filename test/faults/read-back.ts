import { LineClient } from "../harness/line-client.ts";
import type { Writer } from "./writer.ts";

/** What the node holds of `writer` in `buckets`: each cell with its value, `undefined` for nothing there. */
export async function readBack(
  port: number,
  writer: Writer,
  buckets: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  await using client = await LineClient.connect(port);
  const found = new Map<string, string | undefined>();
  const asked = buckets.flatMap((bucket) =>
    writer.keysOf(bucket).map(({ cell, line }) => ({ bucket, cell, line })),
  );
  client.sendLines(...asked.map(({ line }) => line));
  for (const { bucket, cell } of asked) {
    const reply = await client.read();
    const exists = reply !== "NOT FOUND";
    found.set(bucket, exists ? "exists" : undefined);
    found.set(cell, exists && reply !== "" ? reply : undefined);
    if (exists) await client.read();
  }
  return found;
}
