import { LineClient } from "./line-client.ts";
import { parseLog } from "./log-lines.ts";
import { type NodeHome, openNodeHome } from "./node-home.ts";
import type { NodeProcess } from "./node-process.ts";
import { type Operated, operate, startOperator } from "./operator.ts";

/** A node with doors, as it runs now. */
export type RunningNode = NodeProcess & { readonly port: number };

/** Several nodes of one host, which may be killed and started again, and the commands of their operator. */
export class MovingNodes implements AsyncDisposable {
  readonly home: NodeHome;
  readonly #nodes = new Map<string, RunningNode>();
  readonly #clients: LineClient[] = [];

  private constructor(home: NodeHome) {
    this.home = home;
  }

  /** Starts nodes by these names, whose configuration has `table`. */
  static async start(names: readonly string[], table: string): Promise<MovingNodes> {
    const nodes = new MovingNodes(await openNodeHome());
    try {
      for (const name of names) await nodes.startNode(name, table);
      return nodes;
    } catch (error) {
      await nodes[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The node by this name. */
  node(name: string): RunningNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name} was started`);
    return node;
  }

  /** Starts a node, anew where it has ended; resolves when it accepts connections. */
  async startNode(name: string, table: string): Promise<RunningNode> {
    const env = { KV_ROUTING_TABLE: table };
    const node = await this.home.start({ words: ["--name", name], env });
    this.#nodes.set(name, node);
    return node;
  }

  /** A client of the line protocol, which is closed with the nodes. */
  async line(name: string): Promise<LineClient> {
    return this.#connect(this.node(name).port);
  }

  /** A client of RESP. */
  async resp(name: string): Promise<LineClient> {
    return this.#connect(await this.node(name).acceptingResp());
  }

  /** Runs a command to its end. */
  operate(name: string, ...words: readonly string[]): Promise<Operated> {
    return operate([...words, "--node", name], this.home);
  }

  /** Starts a command and goes on. */
  begin(name: string, ...words: readonly string[]) {
    return startOperator([...words, "--node", name], this.home);
  }

  /** The names of the buckets that lie on the node. */
  async bucketsOn(name: string): Promise<readonly string[]> {
    const { code, stdout, stderr } = await this.operate(name, "buckets", "--json");
    if (code !== 0) throw new Error(stderr);
    return parseLog(stdout)
      .map(({ bucket }) => String(bucket))
      .toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client[Symbol.asyncDispose]()));
    await this.home[Symbol.asyncDispose]();
  }

  async #connect(port: number): Promise<LineClient> {
    const client = await LineClient.connect(port);
    this.#clients.push(client);
    return client;
  }
}
