import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecurely } from "node:tls";

/** A client that sees bytes: it splits nothing, so a test says exactly what must come. */
export class TestClient implements AsyncDisposable {
  readonly socket: Socket;
  /** Resolves when the connection is gone: `true` when it was reset. */
  readonly gone: Promise<boolean>;
  #received = "";
  #isEnded = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.gone = new Promise((resolve) => {
      let wasReset = false;
      const endWaiting = (): void => {
        this.#isEnded = true;
        this.#wake();
      };
      socket.on("end", endWaiting).on("error", () => {
        wasReset = true;
      });
      socket.on("close", () => {
        endWaiting();
        resolve(wasReset);
      });
    });
  }

  /** Connects; reads nothing before a reply is asked for. */
  static async connect(port: number): Promise<TestClient> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    const client = new TestClient(socket);
    await once(socket, "connect");
    return client;
  }

  /**
   * Connects by TLS. Rejects with what the handshake failed with; what the server finds wrong with a certificate of ours
   * may show only later, at the first reply.
   */
  static async secure(port: number, options: ConnectionOptions): Promise<TestClient> {
    // Its type does not know that it may be half open too.
    const halfOpen = { allowHalfOpen: true };
    const socket = connectSecurely({ port, host: "127.0.0.1", ...halfOpen, ...options });
    const client = new TestClient(socket);
    await once(socket, "secureConnect");
    return client;
  }

  /** Sends text, one byte for a character. */
  send(text: string): void {
    this.socket.write(Buffer.from(text, "latin1"));
  }

  /** The next bytes, as many as `expected` has: they should be equal. Fewer only when the connection ended. */
  async reply(expected: string): Promise<string> {
    this.#listen();
    while (this.#received.length < expected.length && !this.#isEnded) await this.#change();
    const reply = this.#received.slice(0, expected.length);
    this.#received = this.#received.slice(expected.length);
    return reply;
  }

  /** Closes our half, and returns all that comes until the other half is closed too. */
  async finish(): Promise<string> {
    this.socket.end();
    return this.rest();
  }

  /** All that comes until the server closes its half. */
  async rest(): Promise<string> {
    this.#listen();
    while (!this.#isEnded) await this.#change();
    return this.#received;
  }

  /** Leaves with a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.gone;
  }

  #listen(): void {
    this.socket.resume();
    if (this.socket.listenerCount("data") > 0) return;
    this.socket.on("data", (bytes) => {
      this.#received += bytes.toString("latin1");
      this.#wake();
    });
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
