import { spawn } from "node:child_process";
import { once } from "node:events";

/** Has the servers' own tool spread the slots evenly, over primaries without any, too. Rejects when it fails. */
export async function rebalance(address: string): Promise<void> {
  const child = spawn(
    "redis-cli",
    ["--cluster", "rebalance", address, "--cluster-use-empty-masters", "--cluster-threshold", "1"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`redis-cli ended with ${String(code)}:\n${said}`);
}
