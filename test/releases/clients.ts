import { LineClient } from "../harness/line-client.ts";
import type { NodeProcess } from "../harness/node-process.ts";

/** The lines that a node answers to `requests` on its line port: one connection that asks all, and leaves. */
export async function ask(
  node: NodeProcess,
  ...requests: readonly string[]
): Promise<readonly string[]> {
  await using client = await LineClient.connect(await node.accepting());
  client.sendLines(...requests);
  client.end();
  await client.ending();
  return client.rest.toString("utf8").trimEnd().split("\r\n");
}
