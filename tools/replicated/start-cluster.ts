import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeTemporaryDirectory } from "../../test/harness/temporary-directory.ts";
import { ClusterServer, type ServerPlace, type ServerTls } from "./cluster-server.ts";
import { findServer, INSTALL_LINE, type ServerProgram } from "./server-program.ts";

/** What cluster is wanted. */
export interface StartClusterOptions {
  readonly primaries: number;
  /** A primary. */
  readonly replicas: number;
  /** Where its servers' folders are made; without it in a folder that goes with it. */
  readonly folder?: string;
  /** By default 2000. */
  readonly nodeTimeoutMs?: number;
  readonly program?: ServerProgram;
  /** More lines of the servers' redis.conf. */
  readonly settings?: readonly string[];
  /** Where the servers are, in the order of their start; on the loopback without it. */
  readonly places?: readonly ServerPlace[];
  /** All of them speak TLS, with each other too, when it is given. */
  readonly tls?: ServerTls;
}

const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 2000;
const HEALTH_MS = 60_000;
const LOOK_MS = 25;

/** A cluster on this machine: the primaries first, then each one's replicas. */
export class LocalCluster implements AsyncDisposable {
  readonly servers: ClusterServer[] = [];
  readonly #options: StartClusterOptions & { readonly folder: string };
  readonly #program: ServerProgram;
  readonly #end: () => Promise<void>;

  private constructor(
    options: StartClusterOptions & { readonly folder: string },
    program: ServerProgram,
    end: () => Promise<void>,
  ) {
    this.#options = options;
    this.#program = program;
    this.#end = end;
  }

  /** Starts the servers, forms a cluster of them, and waits until it is healthy. */
  static async start(options: StartClusterOptions): Promise<LocalCluster> {
    const program = options.program ?? findServer();
    if (program === undefined) {
      throw new Error(`Cannot start a cluster: there is no redis-server (${INSTALL_LINE})`);
    }
    const own = options.folder === undefined ? await makeTemporaryDirectory() : undefined;
    const folder = options.folder ?? own?.path ?? "";
    const cluster = new LocalCluster({ ...options, folder }, program, async () => {
      await own?.[Symbol.asyncDispose]();
    });
    try {
      await cluster.#form();
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  get addresses(): readonly string[] {
    return this.servers.map(({ address }) => address);
  }

  /** The one at `place`: primaries have the first places, when all is new. */
  server(place: number): ClusterServer {
    const server = this.servers[place];
    if (server === undefined) throw new RangeError(`there are ${this.servers.length} servers`);
    return server;
  }

  /** The one with this address, as status and errors name it. */
  at(address: string): ClusterServer {
    const server = this.servers.find((known) => known.address === address);
    if (server === undefined) throw new RangeError(`there is no server at ${address}`);
    return server;
  }

  /** Adds a server that has no slots, or that copies `primary`, and waits until all know it. */
  async add(primary?: ClusterServer): Promise<ClusterServer> {
    const server = await this.startServer();
    await this.server(0).meet(server);
    await this.#untilAllKnow(this.servers.length);
    if (primary !== undefined) await server.ask(["CLUSTER", "REPLICATE", await primary.id()]);
    await this.untilHealthy();
    return server;
  }

  /** Waits until every running server finds the cluster whole and in order, and every replica follows its primary. */
  async untilHealthy(): Promise<void> {
    await this.#until("the cluster is healthy", async () => {
      const views = new Set<string>();
      for (const server of this.servers.filter(({ isRunning }) => isRunning)) {
        const info = String(await server.ask(["CLUSTER", "INFO"]));
        const replication = String(await server.ask(["INFO", "replication"]));
        const isWhole = info.includes("cluster_state:ok") && info.includes(`ok:${SLOTS}`);
        if (!isWhole || replication.includes("master_link_status:down")) return false;
        if (/^slave\d.*state=(?!online)/mu.test(replication)) return false;
        views.add(slotsOf(await server.ask(["CLUSTER", "SLOTS"])));
      }
      return views.size === 1;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map(async (server) => await server[Symbol.asyncDispose]()));
    await this.#end();
  }

  async #form(): Promise<void> {
    const { primaries, replicas } = this.#options;
    const count = primaries * (1 + replicas);
    for (let place = 0; place < count; place += 1) await this.startServer();
    for (const [place, server] of this.servers.entries()) {
      await server.ask(["CLUSTER", "SET-CONFIG-EPOCH", String(place + 1)]);
      if (place > 0) await this.server(0).meet(server);
      if (place >= primaries) continue;
      const first = Math.floor((place * SLOTS) / primaries);
      const last = Math.floor(((place + 1) * SLOTS) / primaries) - 1;
      await server.ask(["CLUSTER", "ADDSLOTSRANGE", String(first), String(last)]);
    }
    await this.#untilAllKnow(count);
    for (const [place, server] of this.servers.entries()) {
      if (place < primaries) continue;
      const primary = this.server(Math.floor((place - primaries) / replicas));
      await server.ask(["CLUSTER", "REPLICATE", await primary.id()]);
    }
    await this.#untilCopied();
    await this.untilHealthy();
  }

  /** Starts a server that belongs to no cluster yet. */
  async startServer(): Promise<ClusterServer> {
    const { folder, nodeTimeoutMs = NODE_TIMEOUT_MS, settings = [], places, tls } = this.#options;
    const server = await ClusterServer.start({
      program: this.#program,
      folder: join(folder, `server-${this.servers.length + 1}`),
      nodeTimeoutMs,
      settings,
      place: places?.[this.servers.length],
      tls,
    });
    this.servers.push(server);
    return server;
  }

  async #untilAllKnow(count: number): Promise<void> {
    await this.#until(`every server knows ${count}`, async () => {
      for (const server of this.servers.filter(({ isRunning }) => isRunning)) {
        const lines = String(await server.ask(["CLUSTER", "NODES"]))
          .trim()
          .split("\n");
        if (lines.length < count || lines.some((line) => line.includes("handshake"))) return false;
      }
      return true;
    });
  }

  async #untilCopied(): Promise<void> {
    const { primaries, replicas } = this.#options;
    await this.#until("every primary has its replicas", async () => {
      for (const server of this.servers.slice(0, primaries)) {
        const text = String(await server.ask(["INFO", "replication"]));
        if (!text.includes(`connected_slaves:${replicas}`)) return false;
      }
      return true;
    });
  }

  async #until(what: string, look: () => Promise<boolean>): Promise<void> {
    const end = AbortSignal.timeout(HEALTH_MS);
    while (!(await look())) {
      if (end.aborted) throw new Error(`waited ${HEALTH_MS} ms in vain until ${what}`);
      await pause(LOOK_MS);
    }
  }
}

/** The reply to CLUSTER SLOTS, whose order differs from server to server. */
function slotsOf(reply: unknown): string {
  if (!Array.isArray(reply)) return "";
  return reply
    .map((range: unknown) => {
      if (!Array.isArray(range)) return "";
      const [first, last, primary, ...replicas] = range.map((part: unknown) =>
        JSON.stringify(part),
      );
      return [first, last, primary, ...replicas.toSorted()].join(" ");
    })
    .toSorted()
    .join("\n");
}

/** Starts a cluster; see {@link LocalCluster.start}. */
export async function startCluster(options: StartClusterOptions): Promise<LocalCluster> {
  return await LocalCluster.start(options);
}
