import type { Socket } from "node:net";
import type { Client } from "./client.ts";
import type { FrontDoor } from "./front-door.ts";
import type { OutputPart } from "./output-buffer.ts";
import type { Sender } from "./outbox.ts";
import type { Piece } from "./piece.ts";
import { type Pause, Session } from "./session.ts";
import { isTlsSocket, localEndOf, peerOf, takenBytes } from "./socket.ts";
import { StallWatch } from "./stall-watch.ts";

/**
 * How long the client may take to close its side after we have closed ours, in milliseconds. A socket closed
 * while input is unread is reset, and a reset can overtake the last replies.
 */
const lingerMs = 500;

/**
 * TLS never takes a write at once. Up to this length a copy of the output is cheaper than new memory for the next one: a
 * GET alone costs a third of the processor time so (1.3 times that without TLS, and four times it otherwise).
 */
const copiedBytes = 16 * 1024;

/** The latest number given to a connection of this process. */
let latestId = 0;

/**
 * One client's connection: moves bytes between its socket and its session, and decides when the socket is
 * read, written, ended and cut.
 *
 * Whatever fails in it costs this connection and nothing else.
 */
export class Connection implements Client, Sender {
  readonly id = ++latestId;
  readonly peer: string;
  readonly local: string;
  readonly acceptedAtMs: number;
  #activeAtMs: number;
  readonly #door: FrontDoor;
  readonly #socket: Socket;
  readonly #isEncrypted: boolean;
  readonly #session: Session;
  /** Looks whether the client takes its replies while nothing goes on before it does. */
  readonly #stall: StallWatch;
  /** Whether the connection ends as soon as all that is due has gone out. */
  #isEnding = false;
  #isScheduled = false;
  /** Whether the outbox has replies of this one; what the session came to before that, and the input that it left. */
  #isPosted = false;
  #pause: Pause = "starved";
  #waitingBytes = 0;
  /** What the total of all connections has of this one. */
  #countedBytes = 0;

  /** Takes over a socket that a server has just accepted; `onClose` is called when it is gone. */
  constructor(door: FrontDoor, accepted: Socket, onClose: (connection: Connection) => void) {
    this.#door = door;
    this.peer = peerOf(accepted);
    this.local = localEndOf(accepted);
    this.acceptedAtMs = door.clock();
    this.#activeAtMs = this.acceptedAtMs;
    this.#session = new Session(door, {
      client: this,
      onProgress: () => this.#wake(),
      onBug: (error) => this.#crash(error),
    });
    this.#socket = door.adopt(accepted, (piece) => this.#proceed(piece));
    this.#isEncrypted = isTlsSocket(this.#socket);
    this.#stall = new StallWatch(
      () => takenBytes(this.#socket),
      () => this.#giveUp(),
    );
    this.#socket
      .on("end", () => this.#endWhenDone())
      .on("drain", () => this.#proceed())
      .on("timeout", () => this.#giveUp())
      // The peer's or the network's doing; "close" follows.
      .on("error", () => {})
      .on("close", () => {
        this.#stall.rest();
        this.#session.abandon();
        this.#count(0);
        onClose(this);
      })
      .setTimeout(door.environment.idleTimeoutMs)
      .resume();
  }

  get activeAtMs(): number {
    return this.#activeAtMs;
  }

  get user(): string | undefined {
    return this.#session.userName;
  }

  get isAdmitted(): boolean {
    return this.#session.isAdmitted;
  }

  /** Executes no more requests, lets the replies that are due go out, and ends. */
  drain(): void {
    this.#session.stop();
    this.#endWhenDone();
  }

  /** Ends it at once. */
  cut(): void {
    this.#socket.destroy();
  }

  #endWhenDone(): void {
    this.#isEnding = true;
    this.#proceed();
  }

  /** At the end of this turn of the event loop: the replies that come due in it go out in one write. */
  #proceedSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.proceed());
  }

  #wake(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#door.outbox.wake(this);
  }

  proceed(): void {
    this.#isScheduled = false;
    this.#proceed();
  }

  /** Does all that can be done now. The boundary at which a bug in serving a request stops. */
  #proceed(input?: Piece): void {
    if (this.#socket.destroyed) return;
    // What it may do next depends on what becomes of its replies.
    if (this.#isPosted) this.#door.outbox.flush();
    try {
      if (input !== undefined) {
        this.#activeAtMs = this.#door.clock();
        this.#door.presence.heard(this.id, this.#activeAtMs);
        this.#session.feed(input);
      }
      this.#pause = this.#session.execute(this.#roomBytes());
      this.#session.deliver();
      this.#waitingBytes = this.#session.keepInput();
      if (this.#door.output.length === 0) {
        this.#settle();
      } else {
        this.#isPosted = true;
        this.#door.outbox.post(this);
      }
    } catch (error) {
      this.#crash(error);
    }
  }

  /** Looks where things are now that all output is with the socket. */
  #settle(): void {
    this.#count(this.#session.pendingBytes + this.#socket.writableLength);
    if (this.#pause === "foreign") this.cut();
    else this.#await(this.#pause, this.#waitingBytes);
  }

  /**
   * What the session may have pending beside the output that the socket has not got rid of. While all connections
   * together have too much, nothing beside a single request, so that each waits for its own and none for another.
   */
  #roomBytes(): number {
    const { environment, pending } = this.#door;
    const limitBytes = pending.isFull ? 1 : environment.pendingOutputLimitBytes;
    return limitBytes - this.#socket.writableLength;
  }

  #count(bytes: number): void {
    this.#door.pending.change(bytes - this.#countedBytes);
    this.#countedBytes = bytes;
  }

  /**
   * The output's memory is used again only if the operating system has taken all of it. While the socket is
   * behind it is given copies of the right size, so that what it holds is what is counted.
   */
  send(part: OutputPart): boolean {
    this.#isPosted = false;
    const socket = this.#socket;
    if (socket.destroyed) return true;
    const { output } = this.#door;
    const isBehind = socket.writableLength > 0;
    const isCopied = isBehind || (this.#isEncrypted && part.end - part.start <= copiedBytes);
    try {
      socket.write(isCopied ? output.copy(part) : output.view(part));
      this.#settle();
    } catch (error) {
      this.#crash(error);
    }
    return isCopied || socket.writableLength === 0;
  }

  /**
   * Decides what the socket does until something happens. One that waits for an answer is read until there is
   * input: so it is noticed when the client gives up. If all output went out at once, it is the others' turn first.
   */
  #await(pause: Pause, waitingBytes: number): void {
    const socket = this.#socket;
    if (pause === "leaving") this.#isEnding = true;
    const isDone = pause === "starved" || pause === "leaving";
    if (isDone && this.#isEnding && !this.#session.owesReplies) this.#end();
    if (pause === "full" && this.#session.pendingBytes < this.#roomBytes()) this.#proceedSoon();
    const isRead = isDone || (pause === "waiting" && waitingBytes === 0);
    if (isRead === socket.isPaused()) {
      if (isRead) socket.resume();
      else socket.pause();
    }
    this.#watch(pause === "full" || socket.writableEnded);
  }

  /** While the client has to take replies before anything goes on, another patience applies than for silence. */
  #watch(isBlocked: boolean): void {
    const { slowReaderTimeoutMs, idleTimeoutMs } = this.#door.environment;
    const isSlow = isBlocked && this.#socket.writableLength > 0;
    if (isSlow) this.#stall.watch(slowReaderTimeoutMs);
    else this.#stall.rest();
    const timeoutMs = isSlow ? 0 : idleTimeoutMs;
    if (this.#socket.timeout !== timeoutMs) this.#socket.setTimeout(timeoutMs);
  }

  /** Closes our side; what still comes in is read and dropped. */
  #end(): void {
    const socket = this.#socket;
    if (socket.writableEnded) return;
    this.#session.stop();
    socket.end();
    socket.once("finish", () => {
      const linger = setTimeout(() => socket.destroy(), lingerMs);
      socket.once("close", () => clearTimeout(linger));
    });
  }

  /** Nothing has moved for as long as {@link Connection.#watch} allowed. */
  #giveUp(): void {
    const { writableLength } = this.#socket;
    if (writableLength > 0) {
      this.#door.log.slowReaderCut(this.peer, writableLength);
      this.cut();
    } else if (!this.#session.owesReplies) {
      this.drain();
    }
  }

  /** A bug: this connection is given up, with whatever it has put into the shared output since its last post. */
  #crash(error: unknown): void {
    this.#door.output.drop();
    this.#door.log.connectionCrashed(this.peer, error);
    this.cut();
  }
}
