import { openNodeHome } from "../harness/node-home.ts";
import type { Setting } from "../harness/write-config.ts";

/** KV nodes that writers write through. */
export interface WriterNodes extends AsyncDisposable {
  /** Where each of them speaks RESP. */
  readonly ports: readonly number[];
}

/** A node in front of a cluster. */
export interface WriterNode {
  readonly name: string;
  /** What its `kv.storage` says beyond the engine and the servers: `{ durability: "one" }`. */
  readonly storage?: Readonly<Record<string, unknown>>;
  /** As in `NodeOptions`. */
  readonly launcher?: readonly string[];
}

/** Starts nodes in front of the servers at `addresses`; they end when this is disposed of. */
export async function startWriterNodes(
  addresses: readonly string[],
  nodes: readonly WriterNode[] = [{ name: "ann" }, { name: "bob" }],
): Promise<WriterNodes> {
  const home = await openNodeHome();
  try {
    const ports = await Promise.all(
      nodes.map(async ({ name, storage = {}, launcher = [] }) => {
        const node = await home.start({
          env: { KV_NODE: name, KV_REDIS_CLUSTER: addresses.join(","), RESP_PORT: "0" },
          settings: Object.entries(storage).map(
            ([key, value]): Setting => ({ application: "kv", path: ["storage", key], value }),
          ),
          launcher,
        });
        return await node.acceptingResp();
      }),
    );
    return { ports, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() };
  } catch (error) {
    await home[Symbol.asyncDispose]();
    throw error;
  }
}
