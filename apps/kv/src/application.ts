import { join } from "node:path";
import { type Application, cookieOfSystem, startSupervisor, unixTimeMs } from "@kv/application";
import {
  clusterChannel,
  defaultLimits,
  folderOfNode,
  localNodeName,
  type NodeName,
  shortHostName,
} from "@kv/cluster";
import { type Store, storageChannel } from "@kv/storage";
import { checkEnvironment, type KvEnvironment, readerIn } from "./check-environment.ts";
import { clusterOptions } from "./cluster-storage.ts";
import { accessIn, careFor } from "./cluster-care.ts";
import { ClusterChild } from "./cluster-child.ts";
import { kvCommands } from "./commands/kv-commands.ts";
import { environment } from "./environment.ts";
import { emit, kvChannel } from "./events.ts";
import type { NodeKv } from "./kv.ts";
import { openLinkCertificates } from "./link-certificates.ts";
import { inspectLinkTls } from "./link-tls.ts";
import { remoteNode } from "./moves/ask-nodes.ts";
import { createNodeMoves } from "./moves/node-moves.ts";
import { createNodeKv, statusOf } from "./node-kv.ts";
import { FencedStore } from "./placement/fenced-store.ts";
import { Placement } from "./placement/placement.ts";
import { RequestServer } from "./remote/serve-requests.ts";
import { createRouter } from "./router.ts";
import { shellNames } from "./shell-names.ts";
import { StoreChild } from "./store-child.ts";
import { turnClock } from "./turn-clock.ts";

/** How long the last writes and the seal may take, in milliseconds. */
const storeShutdownMs = 25_000;

/** How long the links may take to end, in milliseconds; with the store's, less than an application has to stop. */
const clusterShutdownMs = 4_000;

/** How long what is on its way to another node may take to be given up, in milliseconds. */
const moverShutdownMs = 500;

/** The store: this node's buckets, and the way to those of the other nodes. */
export const kv: Application<typeof environment, NodeKv> = {
  name: "kv",
  description: "The store: named buckets, and the routing table that spreads them over nodes.",
  dependencies: [],
  environment,
  check: checkEnvironment,
  inspect: (values) => inspectLinkTls(values, unixTimeMs()),
  channels: [storageChannel, clusterChannel, kvChannel],
  nodeName: { key: "node", nameOf: localNodeName },
  commands: kvCommands,
  shell: shellNames,
  async start({ environment: values, signal, system }) {
    const reader = readerIn(values);
    const { self } = reader;
    const directory = join(values.dataDir, folderOfNode(self, shortHostName()));
    const isReplicated = values.storage.engine === "redis-cluster";
    const store = new StoreChild({
      ...values.storage,
      cluster: () => clusterOptions(values.storage, values.storagePassword),
      directory,
      // What has moved is remembered by who had it: in a cluster nothing moves between nodes.
      onOpen: isReplicated ? undefined : (opened) => placement.load(opened),
    });
    const certificates = await openLinkCertificates(self, values);
    const cluster = new ClusterChild({
      self,
      distribution: values.distribution,
      cookie: () => cookieOfSystem(system),
      directory: values.socketDirectory,
      nodes: values.nodes,
      listen: values.nodeListen,
      tls: certificates?.source,
      serve: (call) => server.serve(call),
      foresee: (calls, count) => server.foresee(calls, count),
    });
    store.crowd.addLinks(() => cluster.nodes.length);
    const { placement, router, moves } = placesOf({ values, store, cluster });
    const server = new RequestServer({
      router,
      moves: moves.serving,
      nowMs: () => cluster.nowMs(),
      answerLimitBytes: defaultLimits.payloadLimitBytes,
      onBug: (failure) => onBug(self, failure),
    });
    const supervisor = await startSupervisor({
      name: "kv",
      strategy: "one-for-one",
      signal,
      // The links end first: what the other nodes have asked for is answered while there is a store.
      children: [
        { id: "store", start: () => store.start(), shutdownMs: storeShutdownMs },
        { id: "cluster", start: () => cluster.start(), shutdownMs: clusterShutdownMs },
        { id: "mover", start: async () => moves.mover.start(), shutdownMs: moverShutdownMs },
      ],
    });
    certificates?.watch();
    const access = { ...accessIn(values.storage), password: values.storagePassword };
    const care = {
      routing: moves.coordinator,
      fences: isReplicated ? undefined : moves.fences,
      cluster: isReplicated
        ? careFor({ node: self, access, store: () => store.cluster })
        : undefined,
    };
    const api = createNodeKv(router, store, { care, placement });
    return {
      api,
      status: () => ({
        ...statusOf(self, store, placement),
        fencedSince: fencedSince(placement),
        linked: cluster.nodes,
        tls: certificates?.status(),
      }),
      reload: certificates && (() => certificates.reload()),
      finished: supervisor.finished,
      async [Symbol.asyncDispose]() {
        certificates?.[Symbol.dispose]();
        await supervisor[Symbol.asyncDispose]();
      },
    };
  },
};

/** For `status`: since when clients may not write. */
function fencedSince({ fence: { sinceMs } }: Placement): string | undefined {
  return sinceMs === undefined ? undefined : new Date(sinceMs).toISOString();
}

/** Of a node whose store is shared by all: it serves whatever it is asked for. */
const everythingHere = [{ from: 0, to: 255, node: "self" }];

/** Who serves which bucket, and what changes that. */
function placesOf({
  values,
  store,
  cluster,
}: {
  readonly values: KvEnvironment;
  readonly store: StoreChild;
  readonly cluster: ClusterChild;
}) {
  const reader = readerIn(values);
  const { self } = reader;
  const ways = {
    caller: cluster,
    clock: turnClock(() => cluster.nowMs()),
    timeoutMs: () => values.callTimeoutMs,
  };
  const ownStore = (): Store | "none" | undefined => (store.isWanted ? store.current : "none");
  const placement = new Placement({
    reader,
    configured: () =>
      values.storage.engine === "redis-cluster" ? everythingHere : values.routingTable,
    store: ownStore,
    activate: (to, bucket, moveId) =>
      void remoteNode({ ...ways, self }, to).activateMove({ bucket, moveId }),
  });
  const shown = unlessFenced(ownStore, self, placement.fence);
  const router = createRouter({
    reader,
    table: () => placement.table,
    store: shown,
    remote: ways,
    placement,
  });
  const moves = createNodeMoves({
    reader,
    home: placement,
    arrivals: placement.arrivals,
    store: ownStore,
    ways,
    linked: () => cluster.nodes,
    problemOf: (table) => checkEnvironment({ ...values, routingTable: table })[0]?.expected,
    pauseLimitMs: () => values.movePauseLimitMs,
  });
  return { placement, router, moves };
}

/** The store as those see it who are served: one that is fenced refuses their writes. */
function unlessFenced(
  ownStore: () => Store | "none" | undefined,
  self: NodeName,
  fence: Placement["fence"],
): () => Store | "none" | undefined {
  let fenced: { readonly of: Store; readonly store: Store } | undefined;
  return () => {
    const store = ownStore();
    if (fence.sinceMs === undefined || store === undefined || store === "none") return store;
    if (fenced?.of !== store) fenced = { of: store, store: new FencedStore(store, self) };
    return fenced.store;
  };
}

function onBug(node: string, failure: unknown): void {
  const message = "a request of another node failed";
  emit({ level: "error", type: "serving-failed", node, message, failure });
}
