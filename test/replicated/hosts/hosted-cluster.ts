import type { Durability } from "../../../libs/storage/src/redis-cluster/cluster/acknowledgement/acknowledgement-rule.ts";
import { setTimeout as pause } from "node:timers/promises";
import { type LocalCluster, startCluster } from "../../../tools/replicated/start-cluster.ts";
import type { ClusterServer } from "../../../tools/replicated/cluster-server.ts";
import { within } from "../../harness/deadline.ts";
import { HostNetwork } from "../../hosts/host-network.ts";
import { PacketFilter } from "../../hosts/packet-filter.ts";
import { startWriterNodes } from "../writer-nodes.ts";
import { CrewProcess } from "./crew-process.ts";
import type { Spread } from "./spread.ts";

const FIRST_PORT = 7001;
const NOTICE_MS = 20_000;
const LOOK_MS = 50;

/** One crew of writers, and who has to have a write of theirs before it is acknowledged. */
export interface CrewPlan {
  readonly name: string;
  readonly buckets: string;
  readonly durability: Durability;
}

/** A cluster whose servers are on hosts of their own, each with an address; and what can be done to what lies between them. */
export class HostedCluster implements AsyncDisposable {
  readonly servers: LocalCluster;
  readonly #stack: AsyncDisposableStack;
  readonly #spread: Spread;
  readonly #network: HostNetwork;
  readonly #filter: PacketFilter;
  #cutOff: readonly string[] = [];

  private constructor(
    servers: LocalCluster,
    spread: Spread,
    made: { readonly network: HostNetwork; readonly stack: AsyncDisposableStack },
  ) {
    this.servers = servers;
    this.#spread = spread;
    this.#network = made.network;
    this.#filter = new PacketFilter(made.network);
    this.#stack = made.stack;
  }

  /** Makes the hosts, and starts the servers. Throws where hosts cannot be made. */
  static async start(spread: Spread): Promise<HostedCluster> {
    const stack = new AsyncDisposableStack();
    try {
      const network = stack.use(new HostNetwork(spread.hosts));
      const places = spread.places.map((host, index) => ({
        host: network.addressOf(host),
        port: FIRST_PORT + index,
        launcher: network.launcherOf(host),
      }));
      const servers = stack.use(await startCluster({ primaries: 3, replicas: 2, places }));
      return new HostedCluster(servers, spread, { network, stack });
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  /** The servers that are on `host`. */
  on(host: string): readonly ClusterServer[] {
    return this.servers.servers.filter((_, index) => this.#spread.places[index] === host);
  }

  /** Starts writers on `host`, and a KV node there for each crew of them. */
  async startCrews(host: string, plans: readonly CrewPlan[]): Promise<CrewProcess> {
    const launcher = this.#network.launcherOf(host);
    const servers = this.servers.addresses.slice(0, this.#spread.hosts.length);
    const nodes = this.#stack.use(
      await startWriterNodes(
        servers,
        plans.map(({ name, durability }) => ({ name, storage: { durability }, launcher })),
      ),
    );
    const crews = nodes.ports.flatMap((port, index) => {
      const plan = plans[index];
      return plan === undefined ? [] : [{ ...plan, port }];
    });
    return this.#stack.use(await CrewProcess.start(launcher, crews));
  }

  /** From now on nothing comes through between `side` and the other hosts. */
  cut(side: readonly string[]): void {
    this.#cutOff = side;
    this.#lose(100);
  }

  /** All comes through again. */
  heal(): void {
    this.#lose(0);
  }

  /** Resolves once the server has noticed that it does not belong to the majority any more. */
  async untilItNotices(server: ClusterServer): Promise<void> {
    const look = async (): Promise<void> => {
      while (!String(await server.ask(["CLUSTER", "INFO"])).includes("cluster_state:fail")) {
        await pause(LOOK_MS);
      }
    };
    await within(look(), `${server.address} to notice that it is cut off`, NOTICE_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  #lose(percent: number): void {
    const others = this.#spread.hosts.filter((host) => !this.#cutOff.includes(host));
    for (const here of this.#cutOff) {
      for (const there of others) {
        this.#filter.lose(here, this.#network.addressOf(there), percent);
        this.#filter.lose(there, this.#network.addressOf(here), percent);
      }
    }
  }
}
