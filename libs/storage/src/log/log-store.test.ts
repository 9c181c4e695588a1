import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDurableStore, testStore } from "@kv/storage/conformance";
import { openLogStore } from "./open-log-store.ts";
import { SimulatedDisk } from "./testing/simulated-disk.ts";

testStore("The log engine on a simulated disk", ({ clock }) =>
  openLogStore({ directory: "/kv", clock, files: new SimulatedDisk(), segmentLimitBytes: 512 }),
);

for (const sync of ["always", "everysec", "never"] as const) {
  testDurableStore(`The log engine with sync "${sync}"`, async () => {
    const directory = await mkdtemp(join(tmpdir(), "kv-storage-"));
    return {
      open: ({ clock }) => openLogStore({ directory, clock, sync, segmentLimitBytes: 2048 }),
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
    };
  });
}
