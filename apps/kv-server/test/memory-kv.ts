import type { ApplicationContext } from "@kv/application";
import { type Kv, kv } from "@kv/kv";

/** The store of a node that forgets, with the router before it. */
export interface MemoryKv extends AsyncDisposable {
  readonly kv: Kv;
}

/** Opens one. Its time is the machine's. */
export async function openMemoryKv(): Promise<MemoryKv> {
  const environment = {
    node: "memory@test",
    dataDir: "",
    storage: { engine: "memory" },
    routingTable: [{ from: 0, to: 255, node: "self" }],
  };
  const context = { environment, signal: new AbortController().signal };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the store asks for nothing of the system around it
  const started = context as unknown as ApplicationContext<typeof kv.environment>;
  const running = await kv.start(started);
  return { kv: running.api, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
