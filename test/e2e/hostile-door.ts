import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createConnection, type Socket } from "node:net";
import { within } from "../harness/deadline.ts";
import { openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import type { Setting } from "../harness/write-config.ts";
import { encodeRequest } from "../redis/wire/resp-client.ts";

/** How one protocol says what the tests need: a request as bytes, and its whole reply. */
export interface Tongue {
  readonly name: "line" | "resp";
  readonly make: Exchange;
  readonly put: Exchange;
  readonly get: (key: string, value: string) => Exchange;
}

/** A request, and what is answered to it. */
export interface Exchange {
  readonly request: Buffer;
  readonly reply: string;
}

function exchange(request: Buffer | string, reply: string): Exchange {
  return { request: Buffer.from(request), reply };
}

/** Both protocols of a node. */
export const tongues: readonly Tongue[] = [
  {
    name: "line",
    make: exchange("CREATE shopping\r\n", "OK\r\n"),
    put: exchange("PUT shopping milk 1\r\n", "OK\r\n"),
    get: (key, value) => exchange(`GET shopping ${key}\r\n`, `${value}\r\nOK\r\n`),
  },
  {
    name: "resp",
    make: exchange(encodeRequest(["KV.CREATE", "shopping"]), "+OK\r\n"),
    put: exchange(encodeRequest(["HSET", "shopping", "milk", "1"]), ":0\r\n"),
    get: (key, value) =>
      exchange(encodeRequest(["HGET", "shopping", key]), `$${value.length}\r\n${value}\r\n`),
  },
];

/** A client that sends bytes, and reads only when it is told to. */
export class Caller implements AsyncDisposable {
  readonly socket: Socket;
  #received = "";
  #isEnded = false;
  #news = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    const end = (): void => {
      this.#isEnded = true;
      this.#announce();
    };
    // Being cut may come as a reset.
    socket.on("end", end).on("error", end).on("close", end);
  }

  /** Connects; nothing is read before a reply is asked for. */
  static async connect(port: number): Promise<Caller> {
    const socket = createConnection({ port, host: "127.0.0.1", noDelay: true });
    const caller = new Caller(socket);
    await within(once(socket, "connect"), `a connection to port ${port}`);
    return caller;
  }

  /** The next `length` characters, one for a byte; fewer when the connection is closed before. */
  async read(length: number): Promise<string> {
    this.#listen();
    while (this.#received.length < length && !this.#isEnded) {
      await within(this.#news.promise, () => `a reply behind ${JSON.stringify(this.#received)}`);
    }
    const text = this.#received.slice(0, length);
    this.#received = this.#received.slice(length);
    return text;
  }

  /** Asks, and takes the reply for granted. */
  async ask({ request, reply }: Exchange): Promise<void> {
    this.socket.write(request);
    const answer = await this.read(reply.length);
    assert.equal(answer, reply);
  }

  /** Sends `piece` again and again until `total` bytes are sent, or the node has closed the connection. */
  async pour(piece: Buffer, total: number): Promise<void> {
    this.#listen();
    for (let sent = 0; sent < total && !this.#isEnded; sent += piece.length) {
      if (this.socket.write(piece)) continue;
      await within(Promise.race([once(this.socket, "drain"), this.#ended()]), "room for more");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.closed) return;
    const closed = once(this.socket, "close");
    this.socket.destroy();
    await closed;
  }

  async #ended(): Promise<void> {
    while (!this.#isEnded) await this.#news.promise;
  }

  #listen(): void {
    if (this.socket.listenerCount("data") > 0) return;
    this.socket.on("data", (bytes) => {
      this.#received += bytes.toString("latin1");
      this.#announce();
    });
  }

  #announce(): void {
    const news = this.#news;
    this.#news = Promise.withResolvers();
    news.resolve();
  }
}

/** A node, and a healthy client of it: the one whose answers must keep coming. */
export interface HostileScene extends AsyncDisposable {
  readonly node: NodeProcess;
  readonly port: number;
  /** Writes and reads once at the door under attack. Throws unless both are answered rightly. */
  readonly greet: () => Promise<void>;
}

/** Starts a node, with `settings` of kv-server; the healthy client comes to the door of `tongue`. */
export async function openHostileScene(
  tongue: Tongue,
  settings: Readonly<Record<string, number>> = {},
): Promise<HostileScene> {
  const home = await openNodeHome();
  const changes: Setting[] = Object.entries(settings).map(([key, value]) => {
    return { application: "kv-server", path: [key], value };
  });
  const node = await home.start({ env: { RESP_PORT: "0" }, settings: changes });
  const port = tongue.name === "line" ? node.port : await node.acceptingResp();
  const healthy = await Caller.connect(port);
  await healthy.ask(tongue.make);
  // HSET's first reply is another one than the next: as long as all others here.
  healthy.socket.write(tongue.put.request);
  await healthy.read(tongue.put.reply.length);
  return {
    node,
    port,
    greet: async () => {
      await healthy.ask(tongue.put);
      await healthy.ask(tongue.get("milk", "1"));
    },
    async [Symbol.asyncDispose]() {
      await healthy[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** The most that a process has ever had in memory, in bytes; `undefined` where the system does not tell. */
export async function peakBytes(pid: number): Promise<number | undefined> {
  if (process.platform !== "linux") return undefined;
  const status = await readFile(`/proc/${pid}/status`, "latin1");
  const kib = /^VmHWM:\s+(?<kib>\d+) kB$/mu.exec(status)?.groups?.["kib"];
  return Number(kib) * 1024;
}
