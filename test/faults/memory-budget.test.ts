import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { openNodeHome } from "../harness/node-home.ts";

const MIB = 2 ** 20;

/** Configured for this test; docs/operations.md, "Memory", says what belongs to the budget. */
const CACHE_BYTES = 16 * MIB;
const PENDING_BYTES = 8 * MIB;
const SEGMENT_BYTES = 8 * MIB;

/** The process with nothing in it, and what its heap needs to breathe under load. */
const BASE_BYTES = 230 * MIB;
/** Two groups on their way to the disk, each in the memory it has grown to. */
const GROUP_BYTES = 16 * MIB;
const BUDGET_BYTES = BASE_BYTES + CACHE_BYTES + PENDING_BYTES + GROUP_BYTES + SEGMENT_BYTES;

const CONNECTIONS = 16;
const KEYS = 600;
const VALUE_BYTES = 64 * 1024 - 100;
const VALUE = "v".repeat(VALUE_BYTES);

const skip =
  process.platform === "linux"
    ? false
    : "what a process takes is read from /proc, which only Linux has";

/** The most that the process has ever had in memory, in bytes. */
async function peakBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "latin1");
  const peak = /^VmHWM:\s+(?<kib>\d+) kB$/mu.exec(status)?.groups?.["kib"];
  return Number(peak) * 1024;
}

/** Overwrites every key of this connection `rounds` times, many at once, and reads some of them back. */
async function load(port: number, connection: number, rounds: number): Promise<void> {
  await using client = await LineClient.connect(port);
  for (let round = 0; round < rounds; round++) {
    const keys = Array.from({ length: KEYS / CONNECTIONS }, (_, at) => `k${connection}-${at}`);
    client.sendLines(...keys.map((key) => `PUT b ${key} ${VALUE}`));
    assert.deepEqual(new Set(await client.readMany(keys.length)), new Set(["OK"]));
    const [first = ""] = keys;
    assert.deepEqual(await client.ask(`GET b ${first}`, 2), [VALUE, "OK"]);
  }
}

suite("the memory of a node", { skip }, () => {
  test("stays in its budget under a load that writes three times as much", async (context) => {
    await using home = await openNodeHome();
    const storage = { cacheLimitBytes: CACHE_BYTES, segmentLimitBytes: SEGMENT_BYTES };
    const settings = [
      ...Object.entries(storage).map(([key, value]) => {
        return { application: "kv", path: ["storage", key], value };
      }),
      { application: "kv-server", path: ["pendingTotalLimitBytes"], value: PENDING_BYTES },
    ];
    const node = await home.start({ settings });
    await using client = await LineClient.connect(node.port);
    await client.ask("CREATE b");
    const rounds = Math.ceil((3 * BUDGET_BYTES) / (KEYS * VALUE_BYTES));
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, connection) => load(node.port, connection, rounds)),
    );
    const peak = await peakBytes(node.pid);
    context.diagnostic(`peak ${Math.round(peak / MIB)} MiB of ${BUDGET_BYTES / MIB} MiB`);
    assert.ok(peak < BUDGET_BYTES, `${peak} bytes at the most`);
    await node.stop();
  });
});
