import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { showBytes } from "./byte-text.ts";
import { within } from "./deadline.ts";
import { LineSplitter } from "./line-splitter.ts";

/** How the node let go of a connection: in order (*end*), or cut off (*reset*). */
export type Ending = "end" | "reset";

/**
 * One connection as telnet or nc has it: bytes go out as they are given, replies come back line by line. The
 * half towards the node stays open until `end()`.
 */
export class LineClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #splitter = new LineSplitter();
  readonly #lines: Buffer[] = [];
  readonly #ending = Promise.withResolvers<Ending>();
  #ended: Ending | undefined;
  #news = Promise.withResolvers<void>();

  static async connect(port: number, host = "127.0.0.1"): Promise<LineClient> {
    const socket = createConnection({ port, host, noDelay: true, allowHalfOpen: true });
    const client = new LineClient(socket);
    await within(once(socket, "connect"), `a connection to ${host}:${port}`);
    return client;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#lines.push(...this.#splitter.push(chunk));
      this.#announce();
    });
    socket.on("end", () => this.#finish("end"));
    socket.on("error", () => this.#finish("reset"));
    socket.on("close", () => this.#finish("reset"));
  }

  /** Sends `bytes` as they are; text as UTF-8. */
  send(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** Sends each of `commands` with CR LF, in one write. */
  sendLines(...commands: readonly string[]): void {
    this.send(commands.map((command) => `${command}\r\n`).join(""));
  }

  /** The next reply with its line ending, or `undefined` when the node closed the connection instead. */
  async readRaw(): Promise<Buffer | undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined || this.#ended !== undefined) return line;
      await within(this.#news.promise, () => `a reply (unfinished: "${showBytes(this.rest)}")`);
    }
  }

  /** The next reply without its CR LF. */
  async read(): Promise<string> {
    const line = await this.readRaw();
    if (line === undefined) throw new Error("Cannot read a reply: the node closed the connection");
    const text = line.toString("latin1");
    if (!text.endsWith("\r\n"))
      throw new Error(`Cannot read "${showBytes(line)}": expected CR LF at its end`);
    return text.slice(0, -2);
  }

  /** The next `count` replies. */
  async readMany(count: number): Promise<string[]> {
    const replies: string[] = [];
    while (replies.length < count) replies.push(await this.read());
    return replies;
  }

  /** Sends one command and reads as many replies as it has. */
  async ask(command: string, replies = 1): Promise<string[]> {
    this.sendLines(command);
    return this.readMany(replies);
  }

  /** Everything received that nobody has read. */
  get rest(): Buffer {
    return Buffer.concat([...this.#lines, this.#splitter.rest]);
  }

  /** How the node ended the connection, `undefined` while it has not. */
  get ended(): Ending | undefined {
    return this.#ended;
  }

  /** Resolves when the node has ended its half, or cut the connection. */
  ending(): Promise<Ending> {
    return within(this.#ending.promise, "the node to end the connection");
  }

  /** Says that no more will be sent; replies still come. */
  end(): void {
    this.#socket.end();
  }

  /** Cuts the connection without a word (RST). */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, "close");
    this.#socket.destroy();
    await closed;
  }

  #finish(ending: Ending): void {
    this.#ended ??= ending;
    this.#ending.resolve(this.#ended);
    this.#announce();
  }

  #announce(): void {
    const news = this.#news;
    this.#news = Promise.withResolvers();
    news.resolve();
  }
}
