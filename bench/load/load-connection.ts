import { connect, type Socket } from "node:net";
import type { Histogram } from "../measure/histogram.ts";
import type { LoginExchange } from "./protocols.ts";
import type { ReplyCounter } from "./reply-counter.ts";
import type { RequestPool } from "./request-pool.ts";

/** What the connections of one run share. */
export interface SharedLoad {
  readonly port: number;
  readonly requests: RequestPool;
  /** What each connection begins with, where it has to. */
  readonly login: LoginExchange | undefined;
  /** A counter for another connection. */
  readonly countReplies: () => ReplyCounter;
  readonly pipeline: number;
  /** Latencies in microseconds. */
  readonly latencies: Histogram;
  /** What every socket reads into; each chunk is looked at before the next one is read. */
  readonly readBuffer: Uint8Array<ArrayBuffer>;
  /** Set to true when no more requests are to be sent. */
  isOver: boolean;
}

/**
 * One client in a closed loop: `pipeline` requests under way, and for each reply the next request, until the
 * load is over and every reply has come.
 */
export class LoadConnection {
  readonly #load: SharedLoad;
  readonly #replies: ReplyCounter;
  /** When each request under way was sent; a ring. */
  readonly #sentAtMs: Float64Array;
  readonly #finished = Promise.withResolvers<void>();
  readonly #socket: Socket;
  /** What is left to come of the answer to the log-in; empty once it has succeeded. */
  #greeting = "";
  readonly #admitted = Promise.withResolvers<void>();
  #oldest = 0;
  #underWay = 0;
  #next: number;
  #answered = 0;
  /** Requests that it may still send. */
  #left = 0;

  /** Connects and logs in; `first` says with which request of the pool the connection begins. */
  static async open(load: SharedLoad, first: number): Promise<LoadConnection> {
    const connection = new LoadConnection(load, first);
    try {
      await Promise.race([connection.#admitted.promise, connection.#finished.promise]);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  private constructor(load: SharedLoad, first: number) {
    const { port, readBuffer } = load;
    this.#load = load;
    this.#replies = load.countReplies();
    this.#next = first;
    this.#sentAtMs = new Float64Array(load.pipeline);
    this.#socket = connect(
      {
        port,
        host: "127.0.0.1",
        noDelay: true,
        onread: {
          buffer: readBuffer,
          callback: (length) => {
            this.#read(readBuffer.subarray(0, length));
            return true;
          },
        },
      },
      () => this.#logIn(),
    );
    this.#finished.promise.catch(() => undefined);
    this.#socket.on("error", (error) => this.#finished.reject(error));
    this.#socket.on("close", () =>
      this.#finished.reject(new Error("The server closed a connection")),
    );
  }

  /** Replies so far. */
  get answered(): number {
    return this.#answered;
  }

  /** Gets so far that found no key. */
  get misses(): number {
    return this.#replies.misses;
  }

  /** Sends until the load is over, `most` requests at most; resolves with the last reply. */
  run(most = Number.POSITIVE_INFINITY): Promise<void> {
    this.#left = most;
    this.#send(this.#load.pipeline, performance.now());
    return this.#finished.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #logIn(): void {
    const { login } = this.#load;
    if (login === undefined) return this.#admitted.resolve();
    this.#greeting = login.answer;
    this.#socket.write(login.request);
  }

  #readGreeting(text: string): void {
    if (!this.#greeting.startsWith(text)) {
      return this.#finished.reject(new Error(`The server let nobody in: "${text.trim()}"`));
    }
    this.#greeting = this.#greeting.slice(text.length);
    if (this.#greeting === "") this.#admitted.resolve();
  }

  #read(chunk: Uint8Array): void {
    if (this.#greeting !== "") return this.#readGreeting(Buffer.from(chunk).toString("latin1"));
    const replies = this.#replies.count(chunk);
    const { failure } = this.#replies;
    if (failure !== undefined) this.#finished.reject(new Error(`The server answered "${failure}"`));
    if (replies === 0) return;
    const now = performance.now();
    for (let reply = 0; reply < replies; reply++) {
      const sentAtMs = this.#sentAtMs[this.#oldest] ?? now;
      this.#oldest = (this.#oldest + 1) % this.#load.pipeline;
      this.#load.latencies.record((now - sentAtMs) * 1_000);
    }
    this.#answered += replies;
    this.#underWay -= replies;
    if (!this.#load.isOver) this.#send(replies, now);
    if (this.#underWay === 0) this.#finished.resolve();
  }

  #send(most: number, now: number): void {
    const { pipeline } = this.#load;
    const count = Math.min(most, this.#left);
    this.#left -= count;
    for (let sent = 0; sent < count; sent++) {
      this.#sentAtMs[(this.#oldest + this.#underWay + sent) % pipeline] = now;
    }
    this.#underWay += count;
    for (let left = count; left > 0; left -= this.#write(left));
  }

  /** Writes up to `count` requests, as many as there are before the end of the pool. */
  #write(count: number): number {
    const { bytes, offsets, count: all } = this.#load.requests;
    const first = this.#next;
    const end = Math.min(first + count, all);
    this.#socket.write(bytes.subarray(offsets[first], offsets[end]));
    this.#next = end === all ? 0 : end;
    return end - first;
  }
}
