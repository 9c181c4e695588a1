import { LineClient } from "../harness/line-client.ts";
import { labelOf } from "./label.ts";
import { cellOf } from "./operation.ts";
import type { Writer } from "./writer.ts";

/** Keys of one bucket. */
export interface WantedKeys {
  readonly bucket: string;
  readonly keys: readonly string[];
}

/** What the node holds of `writer` in `buckets`: each cell with its value's label, `undefined` for nothing there. */
export function readBack(
  port: number,
  writer: Writer,
  buckets: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const wanted = buckets.map((bucket) => {
    return { bucket, keys: writer.keysOf(bucket).map(({ key }) => key) };
  });
  return readCells(port, wanted);
}

/** What the node holds of these keys, and whether their buckets are there. */
export async function readCells(
  port: number,
  wanted: readonly WantedKeys[],
): Promise<ReadonlyMap<string, string | undefined>> {
  await using client = await LineClient.connect(port);
  const found = new Map<string, string | undefined>();
  const asked = wanted.flatMap(({ bucket, keys }) => keys.map((key) => ({ bucket, key })));
  client.sendLines(...asked.map(({ bucket, key }) => `GET ${bucket} ${key}`));
  for (const { bucket, key } of asked) {
    const reply = await client.read();
    const exists = reply !== "NOT FOUND";
    found.set(bucket, exists ? "exists" : undefined);
    found.set(cellOf(bucket, key), exists && reply !== "" ? labelOf(reply) : undefined);
    if (exists) await client.read();
  }
  return found;
}
