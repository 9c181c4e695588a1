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
}

const READY_MS = 20_000;
const ATTEMPTS = 3;

/** One server of a cluster on the loopback, in a process and a folder of its own. It ends when it is disposed of, or when this process does. */
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

  /** Starts one on free ports. */
  static async start(options: ClusterServerOptions): Promise<ClusterServer> {
    for (let attempt = 1; ; attempt += 1) {
      const [port, busPort] = await freePorts();
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
    return `127.0.0.1:${this.port}`;
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
    const { program, folder, nodeTimeoutMs, settings, readyMs = READY_MS } = this.#options;
    await mkdir(folder, { recursive: true });
    const file = join(folder, "redis.conf");
    await writeFile(file, [...settings, ...this.#settings(nodeTimeoutMs)].join("\n"));
    const child = spawn(program.name, [file], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
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
    const client = createClient({
      RESP: 2,
      socket: { host: "127.0.0.1", port: this.port, reconnectStrategy: false },
    });
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
    await this.ask(["CLUSTER", "MEET", "127.0.0.1", String(other.port), String(other.#busPort)]);
  }

  async id(): Promise<string> {
    return String(await this.ask(["CLUSTER", "MYID"]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.signal("SIGKILL");
  }

  #settings(nodeTimeoutMs: number): readonly string[] {
    return [
      `port ${this.port}`,
      `cluster-port ${this.#busPort}`,
      "bind 127.0.0.1",
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
