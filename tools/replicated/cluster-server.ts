import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createClient } from "@redis/client";
import { within } from "../../test/harness/deadline.ts";
import { guardProcess, pidOf } from "../../test/harness/process-guard.ts";
import type { ServerProgram } from "./server-program.ts";

/** How a server of a cluster is started. */
export interface ClusterServerOptions {
  readonly program: ServerProgram;
  /** Of its own; made when it is not there. */
  readonly folder: string;
  readonly nodeTimeoutMs: number;
  /** More lines of its redis.conf; they go before ours. */
  readonly settings: readonly string[];
  /** For how long it is waited for; by default 20,000. */
  readonly readyMs?: number;
  /** Where it runs; without it on the loopback, at free ports. */
  readonly place?: ServerPlace | undefined;
  /** Clients and other servers speak TLS with it when it is given. */
  readonly tls?: ServerTls | undefined;
}

/** A host that has to be entered to start a server there, and the port that is free at it; the bus has the one 10,000 above. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
  /** The words of a command that becomes, on the host, the one that is written behind them. */
  readonly launcher: readonly string[];
}

/** Files of a server's certificate, and of who signs those of all. */
export interface ServerTls {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const READY_MS = 20_000;
const ATTEMPTS = 3;
const LOOPBACK = "127.0.0.1";
const BUS_ABOVE = 10_000;

/** One server of a cluster, on the loopback unless it has a place, in a process and a folder of its own. It ends when it is disposed of, or when this process does. */
export class ClusterServer implements AsyncDisposable {
  readonly port: number;
  readonly #busPort: number;
  readonly #options: ClusterServerOptions;
  #child: ChildProcess | undefined;
  #unguard: () => void = () => undefined;

  private constructor(options: ClusterServerOptions, port: number, busPort: number) {
    this.#options = options;
    this.port = port;
    this.#busPort = busPort;
  }

  /** Starts one, on free ports unless it has a place. */
  static async start(options: ClusterServerOptions): Promise<ClusterServer> {
    for (let attempt = 1; ; attempt += 1) {
      const { place } = options;
      const [port, busPort] =
        place === undefined ? await freePorts() : [place.port, place.port + BUS_ABOVE];
      const server = new ClusterServer(options, port, busPort);
      try {
        await server.start();
        return server;
      } catch (error) {
        // One that never got ready still runs, and nobody else knows of it.
        await server[Symbol.asyncDispose]();
        // Another process may take a port between its being found and its being used.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  get address(): string {
    return `${this.#host}:${this.port}`;
  }

  get #host(): string {
    return this.#options.place?.host ?? LOOPBACK;
  }

  /** Where one gets at it who is elsewhere, or has no certificates: a path crosses to other hosts of this machine. */
  get #door(): string | undefined {
    const { place, tls, folder } = this.#options;
    return place === undefined && tls === undefined ? undefined : join(folder, "door");
  }

  get folder(): string {
    return this.#options.folder;
  }

  /** The process' id; throws when it does not run. */
  get pid(): number {
    if (this.#child === undefined) throw new Error(`the server at ${this.address} does not run`);
    return pidOf(this.#child);
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it, again if it ran before: on the same port, with the same data. */
  async start(): Promise<void> {
    const { program, folder, settings, readyMs = READY_MS, place } = this.#options;
    await mkdir(folder, { recursive: true });
    const file = join(folder, "redis.conf");
    await writeFile(file, [...settings, ...this.#settings()].join("\n"));
    const [command, ...words] = [...(place?.launcher ?? []), program.name, file];
    const child = spawn(command, words, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(child, "exit");
    this.#child = child;
    this.#unguard = guardProcess(pidOf(child));
    child.once("exit", () => {
      this.#unguard();
      if (this.#child === child) this.#child = undefined;
    });
    const lines = createInterface(child.stdout);
    const ready = new Promise<void>((resolve) => {
      lines.on("line", (line) => {
        if (/Ready to accept connections/u.test(line)) resolve();
      });
    });
    const isReady = await within(
      Promise.race([ready.then(() => true), ended.then(() => false)]),
      `the server at ${this.address} to accept connections`,
      readyMs,
    );
    if (!isReady) throw new Error(`${program.name} ended at once, in ${folder}`);
  }

  /** Sends it a signal: SIGKILL, SIGSTOP, SIGCONT. Settles once it has ended, where the signal ends it. */
  async signal(signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, "exit");
    child.kill(signal);
    if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
  }

  /** Sends it commands, one after the other, on a connection of their own; the last one's reply. */
  async ask(...commands: readonly (readonly string[])[]): Promise<unknown> {
    const path = this.#door;
    const where = path === undefined ? { host: LOOPBACK, port: this.port } : { path };
    const client = createClient({ RESP: 2, socket: { ...where, reconnectStrategy: false } });
    client.on("error", () => undefined);
    await client.connect();
    try {
      let reply: unknown;
      for (const command of commands) reply = await client.sendCommand([...command]);
      return reply;
    } finally {
      client.destroy();
    }
  }

  /** Lets it know of another one, and that one of it. */
  async meet(other: ClusterServer): Promise<void> {
    await this.ask(["CLUSTER", "MEET", other.#host, String(other.port), String(other.#busPort)]);
  }

  async id(): Promise<string> {
    return String(await this.ask(["CLUSTER", "MYID"]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.signal("SIGKILL");
  }

  #settings(): readonly string[] {
    const { nodeTimeoutMs } = this.#options;
    return [
      ...this.#listening(),
      `cluster-port ${this.#busPort}`,
      `bind ${this.#host}`,
      "cluster-enabled yes",
      `cluster-node-timeout ${nodeTimeoutMs}`,
      "cluster-require-full-coverage no",
      "cluster-allow-replica-migration no",
      "appendonly yes",
      "appendfsync always",
      'save ""',
      "repl-diskless-sync yes",
      "repl-diskless-sync-delay 0",
      "maxmemory-policy noeviction",
      "",
    ];
  }

  #listening(): readonly string[] {
    const { place, tls } = this.#options;
    return [
      ...(this.#door === undefined ? [] : [`unixsocket ${this.#door}`]),
      // Whoever is on another host has no password, and nobody else gets there.
      ...(place === undefined ? [] : ["protected-mode no"]),
      ...(tls === undefined
        ? [`port ${this.port}`]
        : [
            "port 0",
            `tls-port ${this.port}`,
            "tls-cluster yes",
            "tls-replication yes",
            "tls-auth-clients optional",
            `tls-cert-file ${tls.certificateFile}`,
            `tls-key-file ${tls.keyFile}`,
            `tls-ca-cert-file ${tls.caFile}`,
          ]),
    ];
  }
}

async function freePorts(): Promise<readonly [port: number, busPort: number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address === "object") ports.push(address.port);
  }
  for (const server of servers) {
    const closed = once(server, "close");
    server.close();
    await closed;
  }
  const [port, busPort] = ports;
  if (port === undefined || busPort === undefined) throw new Error("There is no free port");
  return [port, busPort];
}
