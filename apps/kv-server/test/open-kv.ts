import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApplicationContext } from "@kv/application";
import { type Kv, kv } from "@kv/kv";

/** The store of a node, with the router before it. */
export interface OpenKv extends AsyncDisposable {
  readonly kv: Kv;
}

/** Opens a store that forgets. Its time is the machine's. */
export async function openMemoryKv(): Promise<OpenKv> {
  return openKv({ dataDir: "", storage: { engine: "memory" } });
}

/** Opens a store on the disk that keeps no value in memory, in a folder of its own that goes with it. */
export async function openDiskKv(): Promise<OpenKv> {
  const dataDir = await mkdtemp(join(tmpdir(), "kv-data-commands-"));
  const storage = {
    engine: "log",
    sync: "never",
    cacheLimitBytes: 0,
    segmentLimitBytes: 2 ** 20,
    deadShareLimit: 1,
    deadFloorBytes: 0,
    snapshotEveryRecords: 1_000_000,
  };
  const opened = await openKv({ dataDir, storage });
  return {
    kv: opened.kv,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}

async function openKv(values: object): Promise<OpenKv> {
  const routingTable = [{ from: 0, to: 255, node: "self" }];
  const environment = { node: "store@test", distribution: "off", routingTable, ...values };
  const context = { environment, signal: new AbortController().signal };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the store asks for nothing of the system around it
  const started = context as unknown as ApplicationContext<typeof kv.environment>;
  const running = await kv.start(started);
  return { kv: running.api, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
