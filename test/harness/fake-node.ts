import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { LineSplitter } from "./line-splitter.ts";

/** One mutation, in the order the fake carried them out. */
export interface JournalEntry {
  readonly verb: "CREATE" | "PUT" | "DELETE";
  readonly bucket: string;
  readonly key: string;
  readonly value: string;
}

/** How a fake fails its promises, so that a test can see that a checker notices. */
export interface FakeOptions {
  /**
   * What a crash makes of the journal; by default nothing. The first `committed` entries are those whose
   * acknowledgements may have gone out.
   */
  readonly crash?: (journal: readonly JournalEntry[], committed: number) => readonly JournalEntry[];
  /** Answers mutations late, and shows them to readers at once. */
  readonly showsUncommitted?: boolean;
}

/** How many turns of the event loop a fake that shows the uncommitted lets pass before it commits. */
const COMMIT_AFTER_TURNS = 20;

/** What is safe once so much of the journal is, and what is said then. */
interface Commit {
  readonly length: number;
  readonly life: number;
  readonly reply: () => void;
}

/**
 * A line server in this process, as simple as can be: it keeps its journal in memory across `kill()` and `start()`. It
 * is what the checkers of this folder are themselves checked with, not a model of the node.
 */
export class FakeNode implements AsyncDisposable {
  readonly #options: FakeOptions;
  readonly #sockets = new Set<Socket>();
  /** Another number after each crash, so that nothing of the life before it is committed. */
  #life = 0;
  #server: Server | undefined;
  #journal: JournalEntry[] = [];
  #committed = 0;
  #buckets = new Map<string, Map<string, string>>();

  constructor(options: FakeOptions = {}) {
    this.#options = options;
  }

  get port(): number {
    const address = this.#server?.address();
    return isAddressInfo(address) ? address.port : 0;
  }

  async start(): Promise<this> {
    this.#buckets = new Map();
    for (const entry of this.#journal) this.#apply(entry);
    this.#committed = this.#journal.length;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#serve(socket),
    );
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** Cuts all connections; the journal becomes what `crash` leaves of it. */
  async kill(): Promise<void> {
    this.#life += 1;
    const left = this.#options.crash?.(this.#journal, this.#committed);
    if (left !== undefined) this.#journal = [...left];
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  #serve(socket: Socket): void {
    const splitter = new LineSplitter();
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      const before = this.#journal.length;
      const replies = splitter.push(chunk).map((line) => this.#answer(line.toString("latin1")));
      const reply = (): void => void socket.write(replies.join(""), "latin1");
      if (this.#journal.length === before) reply();
      else this.#whenCommitted(reply);
    });
    socket.on("end", () => this.#whenCommitted(() => socket.end()));
  }

  #whenCommitted(reply: () => void): void {
    const commit = { length: this.#journal.length, life: this.#life, reply };
    if (this.#options.showsUncommitted !== true) this.#commit(commit);
    else this.#commitLater(commit, COMMIT_AFTER_TURNS);
  }

  #commitLater(commit: Commit, turns: number): void {
    if (turns === 0) this.#commit(commit);
    else setImmediate(() => this.#commitLater(commit, turns - 1));
  }

  #commit({ length, life, reply }: Commit): void {
    if (life !== this.#life) return;
    this.#committed = length;
    reply();
  }

  #answer(line: string): string {
    const [verb, bucket = "", key = "", value = ""] = line.trim().split(" ");
    const keys = this.#buckets.get(bucket);
    if (verb === "GET")
      return keys === undefined ? "NOT FOUND\r\n" : `${keys.get(key) ?? ""}\r\nOK\r\n`;
    if (verb !== "CREATE" && verb !== "PUT" && verb !== "DELETE") return "UNKNOWN COMMAND\r\n";
    if (verb !== "CREATE" && keys === undefined) return "NOT FOUND\r\n";
    const entry: JournalEntry = { verb, bucket, key, value };
    this.#journal.push(entry);
    this.#apply(entry);
    return "OK\r\n";
  }

  #apply({ verb, bucket, key, value }: JournalEntry): void {
    const keys = this.#buckets.get(bucket) ?? new Map<string, string>();
    this.#buckets.set(bucket, keys);
    if (verb === "PUT") keys.set(key, value);
    if (verb === "DELETE") keys.delete(key);
  }
}

function isAddressInfo(address: AddressInfo | string | null | undefined): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
