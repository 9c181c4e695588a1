import { join } from "node:path";
import { type Application, startSupervisor } from "@kv/application";
import { kvCommands } from "./commands/kv-commands.ts";
import { environment } from "./environment.ts";
import type { NodeKv } from "./kv.ts";
import { createNodeKv, statusOf } from "./node-kv.ts";
import { folderOfNode, parseNodeName, shortHostName } from "./node-name.ts";
import { createRouter } from "./router.ts";
import { StoreChild } from "./store-child.ts";

/** How long the last writes and the seal may take, in milliseconds: less than an application has to stop. */
const storeShutdownMs = 25_000;

/** The store: this node's buckets, and the way to those of the other nodes. */
export const kv: Application<typeof environment, NodeKv> = {
  name: "kv",
  description: "The store: named buckets, and the routing table that spreads them over nodes.",
  dependencies: [],
  environment,
  commands: kvCommands,
  async start({ environment: values, signal }) {
    const host = shortHostName();
    const self = parseNodeName(values.node, host);
    if (self === undefined) throw new Error(`kv.node passed its schema: ${values.node}`);
    const directory = join(values.dataDir, folderOfNode(self, host));
    const store = new StoreChild({ ...values.storage, directory });
    const supervisor = await startSupervisor({
      name: "kv",
      strategy: "one-for-one",
      signal,
      children: [{ id: "store", start: () => store.start(), shutdownMs: storeShutdownMs }],
    });
    const router = createRouter({
      reader: { self, host },
      table: () => values.routingTable,
      store: () => store.current,
    });
    const api = createNodeKv(router, store);
    return {
      api,
      status: () => statusOf(api.node, store),
      finished: supervisor.finished,
      [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
    };
  },
};
