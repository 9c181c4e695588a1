import { join } from "node:path";
import { patienceMs, within } from "../harness/deadline.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import type { Random } from "../harness/random.ts";
import type { Setting } from "../harness/write-config.ts";
import { HostNetwork } from "./host-network.ts";
import type { Entry, Listing } from "./journal.ts";
import { type LinkSecurity, linkSettings } from "./link-security.ts";
import { LoadProcess } from "./load-process.ts";
import { PacketFilter } from "./packet-filter.ts";
import { RelayProcess } from "./relay-process.ts";
import {
  buckets,
  type Host,
  hosts,
  isOf,
  nodeOf,
  relayedPair,
  routingTable,
} from "./three-hosts.ts";

/** Where nodes listen for nodes: on hosts of their own nobody else can have it. */
const NODE_PORT = 4_369;
/** Where the relay listens for what one of its pair has to say to the other. */
const RELAY_PORTS: Readonly<Record<string, number>> = { foo: 4_001, baz: 4_002 };

/** Somebody who waits for entries. */
interface Watcher {
  left: number;
  readonly isIt: (entry: Entry) => boolean;
  readonly resolve: () => void;
}

/**
 * Three nodes on hosts of their own, linked by TCP, with clients on each host that write and read all the while; and all that
 * can be done to what lies between them.
 */
export class HostCluster implements AsyncDisposable {
  /** What the clients wrote down so far. */
  readonly entries: Entry[] = [];
  /** And what they were told of all nodes at once. */
  readonly listings: Listing[] = [];
  readonly #stack = new AsyncDisposableStack();
  readonly #network: HostNetwork;
  readonly #filter: PacketFilter;
  readonly #nodes = new Map<Host, NodeProcess>();
  readonly #loads: LoadProcess[] = [];
  readonly #watchers = new Set<Watcher>();
  readonly #failure = Promise.withResolvers<never>();
  #relay: RelayProcess | undefined;

  private constructor() {
    this.#network = this.#stack.use(new HostNetwork(hosts));
    this.#filter = new PacketFilter(this.#network);
    this.#failure.promise.catch(() => undefined);
  }

  /** Makes the hosts, starts the nodes, and then the clients. Throws where hosts cannot be made. */
  static async start(random: Random, security: LinkSecurity): Promise<HostCluster> {
    const cluster = new HostCluster();
    try {
      await cluster.#startRelay();
      const home = cluster.#stack.use(await openNodeHome());
      const settings = await linkSettings(security, {
        directory: join(home.path, "certificates"),
        addresses: new Map(hosts.map((host) => [host, cluster.#addressesOf(host)])),
      });
      await Promise.all(
        hosts.map((host) => cluster.#startNode(home, host, settings.get(host) ?? [])),
      );
      for (const host of hosts) await cluster.#startLoad(host, random.integer(0, 2 ** 32 - 1));
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  node(host: Host): NodeProcess {
    const node = this.#nodes.get(host);
    if (node === undefined) throw new Error(`There is no node on ${host}`);
    return node;
  }

  /** From now on so many percent of what `from` sends to `to` are lost on arrival; 0 is none, 100 all. */
  lose(from: Host, to: Host, percent: number): void {
    const isRelayed = isOf(relayedPair, from, to);
    const address = isRelayed ? this.#network.switchAddress : this.#network.addressOf(from);
    this.#filter.lose(to, address, percent);
  }

  /** How many packets were lost on arrival at `host` so far. */
  lostAt(host: Host): number {
    return this.#filter.lostAt(host);
  }

  /** From now on all that the relayed pair say to each other takes so much longer, either way. */
  async delay(milliseconds: number): Promise<void> {
    await this.#relay?.delay(milliseconds);
  }

  /** Resolves after `count` more entries of which `isIt` is true. */
  async until(
    isIt: (entry: Entry) => boolean,
    { what, count, limitMs = patienceMs }: { what: string; count: number; limitMs?: number },
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = { left: count, isIt, resolve };
    this.#watchers.add(watcher);
    try {
      const told = () => `${what}: ${watcher.left} of ${count} to come`;
      await within(Promise.race([promise, this.#failure.promise]), told, limitMs);
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Has the clients stop, has every cell read through every node, and stops the nodes in order. */
  async finish(): Promise<void> {
    const all = (work: (load: LoadProcess) => Promise<void>) =>
      Promise.race([Promise.all(this.#loads.map(work)), this.#failure.promise]);
    await all((load) => load.stop());
    await all((load) => load.readAll());
    for (const host of hosts) {
      const { code } = await this.node(host).stop();
      if (code !== 0) throw new Error(`${host} ended with ${code}\n${this.node(host).stderr}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #startRelay(): Promise<void> {
    const [a, b] = relayedPair;
    const host = this.#network.switchAddress;
    const routes = [
      [a, b],
      [b, a],
    ].map(([from = "", to = ""]) => ({
      listen: { host, port: RELAY_PORTS[from] ?? 0 },
      to: { host: this.#network.addressOf(to), port: NODE_PORT },
    }));
    const relay = await RelayProcess.start(this.#network.switchLauncher, routes);
    this.#relay = this.#stack.use(relay);
  }

  async #startNode(home: NodeHome, host: Host, more: readonly Setting[]): Promise<void> {
    const node = await home.start({
      launcher: this.#network.launcherOf(host),
      env: { KV_NODE: nodeOf(host), KV_ROUTING_TABLE: routingTable },
      settings: [...this.#settingsOf(host), ...more],
    });
    this.#nodes.set(host, node);
    // It listens at its host's address, so that others may come; or all that follows would show nothing.
    await node.logged(
      new RegExp(`can reach ${nodeOf(host)} at ${this.#network.addressOf(host)}:`, "u"),
    );
  }

  /** Where others reach the host: itself, and the relay that leads to it. */
  #addressesOf(host: Host): readonly string[] {
    const own = this.#network.addressOf(host);
    return relayedPair.includes(host) ? [own, this.#network.switchAddress] : [own];
  }

  #settingsOf(host: Host): readonly Setting[] {
    const listen = { host: this.#network.addressOf(host), port: NODE_PORT };
    const others = hosts.filter((other) => other !== host);
    const nodes = Object.fromEntries(
      others.map((other) => [
        nodeOf(other),
        isOf(relayedPair, host, other)
          ? { host: this.#network.switchAddress, port: RELAY_PORTS[host] }
          : { host: this.#network.addressOf(other), port: NODE_PORT },
      ]),
    );
    return [
      { application: "kv", path: ["nodeListen"], value: listen },
      { application: "kv", path: ["nodes"], value: nodes },
    ];
  }

  async #startLoad(host: Host, seed: number): Promise<void> {
    const port = await this.node(host).accepting();
    const respPort = await this.node(host).acceptingResp();
    const load = new LoadProcess({
      plan: { front: host, port, respPort, seed, buckets, fronts: hosts },
      launcher: this.#network.launcherOf(host),
      onEntry: (entry) => this.#note(entry),
      onListing: (listing) => void this.listings.push(listing),
      onFailure: (error) => this.#failure.reject(error),
    });
    this.#loads.push(this.#stack.use(load));
  }

  #note(entry: Entry): void {
    this.entries.push(entry);
    for (const watcher of this.#watchers) {
      if (!watcher.isIt(entry)) continue;
      watcher.left -= 1;
      if (watcher.left === 0) watcher.resolve();
    }
  }
}
