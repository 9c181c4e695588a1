import { randomBytes as systemRandomBytes } from "node:crypto";
import type { Cluster } from "./cluster.ts";
import { ClusterNews } from "./cluster-news.ts";
import { ClusterNode } from "./cluster-node.ts";
import { ClusterError } from "./errors.ts";
import { makeIdentity, type RandomBytes } from "./handshake/identity.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { LateFailures } from "./link/late-failures.ts";
import type { ForeseeCalls, ServedCall } from "./link/served-call.ts";
import { type Network, type Place, placeText } from "./network/network.ts";
import { NodeNetwork } from "./network/node-network.ts";
import { nodeScheduler, type Scheduler } from "./network/scheduler.ts";
import type { TlsSource } from "./network/tls-material.ts";
import { nameKindOf, type NodeName, parseCompleteName } from "./node-name.ts";
import type { PeerTerms } from "./peer/peer-terms.ts";
import { type Address, type NodePlaces, placeOf } from "./place/node-places.ts";
import {
  defaultSocketDirectory,
  nodeSocketPath,
  prepareSocketDirectory,
} from "./place/socket-directory.ts";
import { defaultTiming, type Timing } from "./timing.ts";

/** How a node joins. */
export interface ClusterOptions {
  readonly self: NodeName;
  /** What all nodes of a cluster know and nobody else does. */
  readonly cookie: string;
  /**
   * Takes each request of another node, in the order in which that one has sent them. What it throws is a bug and goes
   * through to the process.
   */
  readonly serve: (call: ServedCall) => void;
  readonly foresee?: ForeseeCalls | undefined;
  /** The folder of the sockets for nodes of the same host; one for this user alone in /tmp by default. */
  readonly directory?: string | undefined;
  /** Where nodes are that are not to be found in `directory`, by node name. */
  readonly nodes?: Readonly<Record<string, Address>> | undefined;
  /** Where this node listens for those; nowhere by default. Port 0 takes a free one. */
  readonly listen?: Address | undefined;
  /** With this, all that goes by TCP is encrypted, and both ends have to show a certificate. */
  readonly tls?: TlsSource | undefined;
  readonly timing?: Partial<Timing> | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** The operating system's by default. */
  readonly network?: Network | undefined;
  /** Node's by default. */
  readonly scheduler?: Scheduler | undefined;
  /** The operating system's by default. */
  readonly randomBytes?: RandomBytes | undefined;
}

/**
 * Joins: listens, and links with other nodes when either asks. Throws `CLUSTER_OPTION`, `CLUSTER_PLACE` and
 * `CLUSTER_IN_USE`; then nothing is left listening.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { self, scheduler = nodeScheduler, randomBytes = systemRandomBytes } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const places = placesOf(options);
  checkOptions(options, timing);
  const network = options.network ?? new NodeNetwork(options.tls);
  const news = new ClusterNews(self, scheduler);
  const timeoutMs = timing.handshakeTimeoutMs;
  const terms: PeerTerms = {
    identity: makeIdentity({ self, cookie: options.cookie, randomBytes, scheduler, timeoutMs }),
    scheduler,
    timing,
    limits: { ...defaultLimits, ...options.limits },
    network,
    news,
    serve: options.serve,
    foresee: options.foresee,
    lateFailures: new LateFailures(scheduler),
    placeOf: (node) => placeOf(places, node),
    random: () => fraction(randomBytes),
  };
  const cluster = new ClusterNode(terms, news);
  if (options.network === undefined) await prepareSocketDirectory(places.directory, userId());
  await openDoors(cluster, network, doorsOf(options, places));
  for (const place of cluster.places) news.listening(placeText(place));
  return cluster;
}

async function openDoors(
  cluster: ClusterNode,
  network: Network,
  doors: readonly Place[],
): Promise<void> {
  try {
    for (const place of doors) {
      const door = await network.listen(place, cluster);
      cluster.addDoor(door);
    }
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

function doorsOf({ self, listen }: ClusterOptions, { directory }: NodePlaces): readonly Place[] {
  const unix: Place = { type: "unix", path: nodeSocketPath(directory, self) };
  return listen === undefined
    ? [unix]
    : [unix, { type: "tcp", host: listen.host, port: listen.port }];
}

function placesOf({ self, directory, nodes = {} }: ClusterOptions): NodePlaces {
  const named = Object.entries(nodes).map(([text, address]) => {
    const node = parseCompleteName(text);
    if (node === undefined) {
      throw wrong("nodes", `"${text}" is no node name: expected name@host`);
    }
    if (nameKindOf(node) !== nameKindOf(self)) {
      throw wrong(
        "nodes",
        `${node} has a ${nameKindOf(node)} name, ${self} a ${nameKindOf(self)} one`,
      );
    }
    return [node, address] as const;
  });
  return { self, directory: directory ?? defaultSocketDirectory(userId()), nodes: new Map(named) };
}

function checkOptions({ cookie }: ClusterOptions, timing: Timing): void {
  if (cookie === "") throw wrong("cookie", "it is empty");
  if (timing.silenceLimitMs < 2 * timing.heartbeatMs) {
    throw wrong("timing.silenceLimitMs", "it must be at least twice timing.heartbeatMs");
  }
}

function wrong(option: string, reason: string): ClusterError {
  return new ClusterError("CLUSTER_OPTION", { option, reason });
}

function userId(): number | undefined {
  return process.getuid?.();
}

/** A number from 0 up to, not including, 1. */
function fraction(randomBytes: RandomBytes): number {
  return new DataView(Uint8Array.from(randomBytes(4)).buffer).getUint32(0) / 2 ** 32;
}
