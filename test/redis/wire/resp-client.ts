import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { showBytes } from "../../harness/byte-text.ts";
import { within } from "../../harness/deadline.ts";
import { RespReader } from "./resp-reader.ts";
import { type RespValue, showReply } from "./resp-value.ts";

/** `words` as a request: an array of bulk strings. Text goes as UTF-8. */
export function encodeRequest(words: readonly (Uint8Array | string)[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = Buffer.from(word);
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n"));
  }
  return Buffer.concat(parts);
}

/** One connection that speaks RESP and knows no command: bytes go out as they are given, replies come back typed. */
export class RespClient implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #reader = new RespReader();
  #ended = false;
  #news = Promise.withResolvers<void>();

  static async connect(port: number, host = "127.0.0.1"): Promise<RespClient> {
    const socket = createConnection({ port, host, noDelay: true, allowHalfOpen: true });
    const client = new RespClient(socket);
    await within(once(socket, "connect"), `a connection to ${host}:${port}`);
    return client;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#reader.push(chunk);
      this.#announce();
    });
    for (const event of ["end", "error", "close"] as const) socket.on(event, () => this.#end());
  }

  /** Sends `bytes` as they are. */
  send(bytes: Uint8Array | string): void {
    this.#socket.write(bytes);
  }

  /** The next reply, `undefined` when the server closed the connection instead. */
  async read(): Promise<RespValue | undefined> {
    for (;;) {
      const reply = this.#reader.next();
      if (reply !== undefined || this.#ended) return reply;
      await within(this.#news.promise, () => `a reply (unfinished: "${showBytes(this.rest)}")`);
    }
  }

  /** One request and its reply; throws when the connection is closed instead. */
  async ask(...words: readonly (Uint8Array | string)[]): Promise<RespValue> {
    this.send(encodeRequest(words));
    const reply = await this.read();
    if (reply === undefined) throw new Error("Cannot read a reply: the connection was closed");
    return reply;
  }

  /** {@link ask}, with the reply as text. */
  async show(...words: readonly (Uint8Array | string)[]): Promise<string> {
    return showReply(await this.ask(...words));
  }

  /** Everything received that is no whole reply. */
  get rest(): Buffer {
    return this.#reader.rest;
  }

  /** Says that no more will be sent; replies still come. */
  end(): void {
    this.#socket.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, "close");
    this.#socket.destroy();
    await closed;
  }

  #end(): void {
    this.#ended = true;
    this.#announce();
  }

  #announce(): void {
    const news = this.#news;
    this.#news = Promise.withResolvers();
    news.resolve();
  }
}
