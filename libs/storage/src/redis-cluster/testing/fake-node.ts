import { EventEmitter, once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { bulk, CommandReader, failure, integer, list, ok } from "./resp.ts";

/** A command that a fake server was sent, and on which connection. */
export interface Heard {
  readonly client: number;
  readonly words: readonly string[];
}

/** What a fake server does instead of answering. */
export type Instead =
  /** It says nothing more on this connection, as one that stands still. */
  | { readonly type: "silence" }
  /** It ends the connection. */
  | { readonly type: "hang-up" };

/** From here on it says nothing. */
export const silence: Instead = { type: "silence" };
/** It ends the connection without an answer. */
export const hangUp: Instead = { type: "hang-up" };

/** Answers a command; `undefined` leaves it to what the server does by itself. */
export type Behaviour = (words: readonly string[], client: number) => string | Instead | undefined;

/** A replica that exists only in what its primary says of it. */
export interface FakeReplica {
  readonly id: string;
  readonly port: number;
  flags: string;
  /** Whether it has confirmed all that its primary has. */
  isUpToDate: boolean;
  isOnline: boolean;
}

/**
 * A server that speaks as a primary of a cluster does: it tells of itself and of its replicas, counts what is written, and answers `1` to every
 * script. A test changes that by its `behaviour`.
 */
export class FakeNode implements AsyncDisposable {
  readonly id: string;
  readonly heard: Heard[] = [];
  readonly replicas: FakeReplica[] = [];
  behaviour: Behaviour = () => undefined;
  /** What it answers to CLUSTER NODES. */
  nodes: () => string = () => "";
  role = "master";
  history = "7c0180f0648cb6a6a0f6cff10f8860dd7bd89588";
  offset = 0;
  settings: ReadonlyMap<string, string> = new Map();
  readonly #commands = new EventEmitter<{ command: [Heard] }>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #clients = 0;

  constructor(id: string) {
    this.id = id;
  }

  get port(): number {
    return this.#port;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Listens: on the port it had before, if it had one. */
  async start(): Promise<void> {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#serve(socket);
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address !== null && typeof address === "object") this.#port = address.port;
  }

  /** Ends its connections and takes no new ones. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Settles with the next command that begins with `word`. */
  async hears(word: string): Promise<Heard> {
    for (;;) {
      const [heard] = await once(this.#commands, "command");
      if (heard.words[0] === word) return heard;
    }
  }

  /** The scripts it was sent, by the words behind the key. */
  get written(): readonly string[] {
    return this.heard
      .filter(({ words }) => words[0] === "EVALSHA" || words[0] === "EVAL")
      .map(({ words }) => words.slice(4).join(" "));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #serve(socket: Socket): void {
    this.#clients += 1;
    const client = this.#clients;
    const reader = new CommandReader();
    let isSilent = false;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      for (const words of reader.read(chunk)) {
        if (isSilent || socket.destroyed) return;
        const heard = { client, words };
        this.heard.push(heard);
        const answer = this.behaviour(words, client) ?? this.#answer(words, client);
        if (typeof answer === "string") socket.write(answer);
        else if (answer.type === "silence") isSilent = true;
        else socket.destroy();
        this.#commands.emit("command", heard);
      }
    });
  }

  #answer(words: readonly string[], client: number): string {
    const [command = "", sub = ""] = words;
    switch (command === "CLUSTER" || command === "CLIENT" ? `${command} ${sub}` : command) {
      case "EVALSHA":
      case "EVAL":
        this.offset += 100;
        return integer(1);
      case "INFO":
        return bulk(sub === "server" ? `run_id:${this.id}\r\n` : this.#replication());
      case "WAIT":
        return integer(this.replicas.filter(({ isUpToDate }) => isUpToDate).length);
      case "ROLE":
        return list(bulk(this.role), integer(this.offset), list());
      case "CLUSTER REPLICAS":
        return list(...this.replicas.map((replica) => bulk(this.lineOf(replica))));
      case "CLUSTER NODES":
        return bulk(this.nodes());
      case "CLUSTER MYID":
        return bulk(this.id);
      case "CLIENT ID":
        return integer(client);
      case "CONFIG": {
        const name = words[2] ?? "";
        const value = this.settings.get(name);
        return value === undefined ? list() : list(bulk(name), bulk(value));
      }
      case "PING":
      case "SCRIPT":
      case "ASKING":
      case "READONLY":
      case "CLIENT KILL":
        return ok;
      default:
        return failure(`ERR unknown command '${command}'`);
    }
  }

  /** As CLUSTER NODES has a replica. */
  lineOf({ id, port, flags }: FakeReplica): string {
    return `${id} 127.0.0.1:${port}@1${port} ${flags} ${this.id} 0 0 1 connected`;
  }

  #replication(): string {
    const online = this.replicas.filter(({ isOnline }) => isOnline);
    return [
      "# Replication",
      `role:${this.role}`,
      ...online.map(
        ({ port, isUpToDate }, index) =>
          `slave${index}:ip=127.0.0.1,port=${port},state=online,offset=${isUpToDate ? this.offset : 0},lag=0`,
      ),
      `master_replid:${this.history}`,
      `master_repl_offset:${this.offset}`,
      "",
    ].join("\r\n");
  }
}
