import { clusterTool } from "./cluster-tool.ts";

/**
 * Has the servers' own tool spread the slots evenly, over primaries without any, too; with `emptied`, an id, that one is left without any. Rejects when
 * it fails.
 */
export async function rebalance(
  address: string,
  { emptied }: { readonly emptied?: string } = {},
): Promise<void> {
  const how =
    emptied === undefined ? ["--cluster-use-empty-masters"] : ["--cluster-weight", `${emptied}=0`];
  const { code, said } = await clusterTool(
    "rebalance",
    address,
    ...how,
    "--cluster-threshold",
    "1",
  );
  if (code !== 0) throw new Error(`redis-cli ended with ${String(code)}:\n${said}`);
}
