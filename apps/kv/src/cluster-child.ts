import type { Child } from "@kv/application";
import {
  type Address,
  type Call,
  type Cluster,
  type ClusterOptions,
  isolatedCluster,
  type NodeName,
  openCluster,
  type TlsSource,
} from "@kv/cluster";
import { emit } from "./events.ts";

/** How this node joins the others. */
export interface ClusterChildOptions extends Pick<ClusterOptions, "self" | "serve" | "foresee"> {
  /** `off`: it joins nobody. */
  readonly distribution: "on" | "off";
  /** Asked when it joins, and not by a node that is alone. */
  readonly cookie: () => Promise<string>;
  /** The folder of the sockets by which nodes of one host reach each other. */
  readonly directory: string | undefined;
  readonly nodes: Readonly<Record<string, Address>>;
  readonly listen: Address | undefined;
  /** What links by TCP are made with; in the clear by default. */
  readonly tls?: TlsSource | undefined;
  /** `process.platform` by default. */
  readonly platform?: string | undefined;
}

/**
 * This node among others as a supervised child. Before it is open, and from the moment on that it has been closed, no
 * other node can be reached: calls fail with `CLUSTER_NO_CONNECTION`. Its disposal waits for what is under way on its links.
 */
export class ClusterChild {
  readonly #options: ClusterChildOptions;
  readonly #alone: Cluster;
  #cluster: Cluster;

  constructor(options: ClusterChildOptions) {
    this.#options = options;
    this.#alone = isolatedCluster(options.self);
    this.#cluster = this.#alone;
  }

  /** The nodes that this one is linked with, sorted. */
  get nodes(): readonly NodeName[] {
    return this.#cluster.nodes();
  }

  /** The clock of calls, in milliseconds: the same whether it is open or not. */
  nowMs(): number {
    return this.#alone.nowMs();
  }

  /** See `Cluster.call`. */
  call(node: NodeName, call: Call): void {
    this.#cluster.call(node, call);
  }

  /** Joins; rejects with a `ClusterError`, or with why there is no cookie. */
  async start(): Promise<Child> {
    const cluster = await this.#open();
    this.#cluster = cluster;
    return {
      // Links come and go; what they are links of does not end by itself.
      finished: new Promise(() => {}),
      [Symbol.asyncDispose]: async () => {
        await cluster[Symbol.asyncDispose]();
        this.#cluster = this.#alone;
      },
    };
  }

  async #open(): Promise<Cluster> {
    const { distribution, platform = process.platform, ...options } = this.#options;
    const { self: node } = options;
    if (distribution === "off") return this.#alone;
    if (platform === "win32") {
      const reason = "nodes on Windows do not link yet";
      emit({ level: "warn", type: "alone", node, reason, message: `${node} is alone: ${reason}` });
      return this.#alone;
    }
    return openCluster({ ...options, cookie: await options.cookie() });
  }
}
