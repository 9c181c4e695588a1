import { isAscii } from "node:buffer";
import { createClient, ErrorReply, RESP_TYPES } from "@redis/client";
import type { Parameter, Reply } from "../cluster.ts";
import { splitAddress } from "../topology/node-line.ts";
import type { LinkOptions } from "./link-options.ts";
import { certificateReason } from "./certificate-reason.ts";
import { type Refusal, readRefusal } from "./refusal.ts";

/** A server answered a request with an error. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly refusal: Refusal;

  constructor(text: string, askedHost: string) {
    const refusal = readRefusal(text, askedHost);
    super("reason" in refusal ? refusal.reason : refusal.type);
    this.refusal = refusal;
  }
}

/** A connection could not be made, or ended before it answered. */
export class LinkLostError extends Error {
  override readonly name = "LinkLostError";
}

type Client = ReturnType<typeof newClient>;

/**
 * One connection to one server. It is never made again behind the back of its owner: once lost it stays lost, so that what was sent
 * on it is never sent twice, and a WAIT is surely on the connection of the writes before it.
 *
 * What is sent in one turn of the event loop stands together on the wire, in the order of the calls.
 */
export class Link implements Disposable {
  readonly address: string;
  /** Digests of the scripts that this connection's server was given. */
  readonly scripts = new Set<string>();
  readonly #client: Client;
  readonly #options: LinkOptions;
  readonly #host: string;
  readonly #whenLost: (() => void)[] = [];
  #lostBy: string | undefined;
  #sent = 0;
  #answered = 0;
  /** How many had been sent at a look, as long as some of them are not answered. */
  readonly #looks: { readonly atMs: number; readonly sent: number }[] = [];
  #heardAtMs = 0;

  private constructor(address: string, client: Client, options: LinkOptions) {
    this.address = address;
    this.#host = splitAddress(address).host;
    this.#client = client;
    this.#options = options;
    client.on("error", (error: Error) => {
      this.#lose(plainReason(error));
    });
  }

  /** Rejects with a `LinkLostError` within the time for connecting. */
  static async open(address: string, options: LinkOptions): Promise<Link> {
    const client = newClient(address, options);
    const link = new Link(address, client, options);
    const tooLate = setTimeout(() => {
      link.destroy(`no connection within ${options.connectTimeoutMs} ms`);
    }, options.connectTimeoutMs);
    try {
      await client.connect();
      // A server that stands still is connected to by its kernel: only what it says shows that it is there.
      await link.send(["PING"]);
    } catch (error) {
      link.destroy(error instanceof Error ? plainReason(error) : "no connection");
    } finally {
      clearTimeout(tooLate);
    }
    if (link.isOpen) return link;
    // The client does not end a connection that was on its way when it was told to end.
    client.destroy();
    throw new LinkLostError(link.#describeLoss());
  }

  get isOpen(): boolean {
    return this.#lostBy === undefined;
  }

  /** Why it was lost; empty while it was not. */
  get lossReason(): string {
    return this.#lostBy === undefined ? "" : this.#describeLoss();
  }

  /** Since when, in milliseconds, it owes an answer and has said nothing at all. */
  get silentMs(): number {
    return this.#sent === this.#answered ? 0 : this.#options.timing.nowMs() - this.#heardAtMs;
  }

  /**
   * For how long, in milliseconds, the oldest request is not answered, as far as the looks show: to be called again and again. A timer
   * for each request would cost more than all else that is done for it here.
   */
  lookForLate(): number {
    const atMs = this.#options.timing.nowMs();
    while ((this.#looks[0]?.sent ?? Infinity) <= this.#answered) this.#looks.shift();
    const isNews = this.#sent > (this.#looks.at(-1)?.sent ?? this.#answered);
    if (isNews) this.#looks.push({ atMs, sent: this.#sent });
    return atMs - (this.#looks[0]?.atMs ?? atMs);
  }

  /** Calls back once, when it is lost or destroyed. */
  onLost(callback: () => void): void {
    this.#whenLost.push(callback);
  }

  /**
   * Sends a command. Rejects with a `RefusedError`, or with a `LinkLostError` when nobody can tell whether it was received. The
   * arrays must not be changed before it settles.
   */
  // oxlint-disable-next-line typescript/promise-function-async -- one promise less for each request
  send(command: readonly Parameter[]): Promise<Reply> {
    if (this.#lostBy !== undefined) return Promise.reject(new LinkLostError(this.#describeLoss()));
    if (this.#sent === this.#answered) this.#heardAtMs = this.#options.timing.nowMs();
    this.#sent += 1;
    return this.#client
      .sendCommand<Reply>(command.map(asArgument))
      .then(this.#onReply, this.#onFailure);
  }

  /** Ends it at once; all that it has not answered is lost. */
  destroy(reason: string): void {
    this.#lose(reason);
  }

  [Symbol.dispose](): void {
    this.#lose("it was closed");
  }

  readonly #onReply = (reply: Reply): Reply => {
    this.#heard();
    return reply;
  };

  readonly #onFailure = (error: unknown): never => {
    this.#heard();
    if (error instanceof ErrorReply) throw new RefusedError(error.message, this.#host);
    this.#lose(error instanceof Error ? plainReason(error) : "lost");
    throw new LinkLostError(this.#describeLoss(), { cause: error });
  };

  #heard(): void {
    this.#answered += 1;
    this.#heardAtMs = this.#options.timing.nowMs();
  }

  #lose(reason: string): void {
    if (this.#lostBy !== undefined) return;
    this.#lostBy = reason;
    this.#client.destroy();
    for (const callback of this.#whenLost.splice(0)) callback();
  }

  #describeLoss(): string {
    return `${this.address}: ${this.#lostBy ?? "lost"}`;
  }
}

/** Making the client's class for a configuration takes tens of milliseconds, so it is made once for all connections with these options. */
const patterns = new WeakMap<LinkOptions, ReturnType<typeof newPattern>>();

function newClient(address: string, options: LinkOptions) {
  const { tls } = options;
  const socket = {
    ...splitAddress(address),
    connectTimeout: options.connectTimeoutMs,
    reconnectStrategy: false,
  } as const;
  const pattern = patterns.get(options) ?? newPattern(options);
  patterns.set(options, pattern);
  return pattern.duplicate({
    socket: tls === undefined ? socket : { ...socket, tls: true, ...tls },
  });
}

function newPattern({ username, password }: LinkOptions) {
  return createClient({
    RESP: 2,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    commandOptions: {
      // Ours are raced against the replies; the client's are only about the writing.
      timeout: 0,
      typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.SIMPLE_STRING]: Buffer },
    },
  });
}

/** The client writes all text of a command in one piece, and each array of bytes in one of its own, which takes longer than turning few bytes into text. */
const SHORT_BYTES = 1024;

function asArgument(parameter: Parameter): string | Buffer {
  if (typeof parameter === "string") return parameter;
  const { buffer, byteOffset, byteLength } = parameter;
  const bytes = Buffer.isBuffer(parameter)
    ? parameter
    : Buffer.from(buffer, byteOffset, byteLength);
  return byteLength <= SHORT_BYTES && isAscii(bytes) ? bytes.toString("latin1") : bytes;
}

/** An error reply may repeat what was sent, and a password is sent while connecting: only its first word is shown. */
function plainReason(error: Error): string {
  if (error instanceof ErrorReply || error instanceof RefusedError) {
    const refusal = error instanceof RefusedError ? error.refusal : readRefusal(error.message, "");
    if (refusal.type === "never" || refusal.type === "later") return refusal.reason;
    return `the server refuses the connection (${error.message.split(" ", 1)[0] ?? ""})`;
  }
  return certificateReason(error) ?? error.message;
}
