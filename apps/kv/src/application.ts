import { hostname } from "node:os";
import { join } from "node:path";
import { type Application, startSupervisor } from "@kv/application";
import { environment } from "./environment.ts";
import type { Kv } from "./kv.ts";
import { folderOfNode, parseNodeName } from "./node-name.ts";
import { createRouter } from "./router.ts";
import { StoreChild } from "./store-child.ts";

/** How long the last writes and the seal may take, in milliseconds: less than an application has to stop. */
const storeShutdownMs = 25_000;

/** The store: this node's buckets, and the way to those of the other nodes. */
export const kv: Application<typeof environment, Kv> = {
  name: "kv",
  description: "The store: named buckets, and the routing table that spreads them over nodes.",
  dependencies: [],
  environment,
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
    const api = createRouter({
      reader: { self, host },
      table: () => values.routingTable,
      store: () => store.current,
    });
    return {
      api,
      finished: supervisor.finished,
      [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
    };
  },
};

/** This host's name without its domain: node names are short names. */
function shortHostName(): string {
  return hostname().split(".", 1)[0] || "localhost";
}
