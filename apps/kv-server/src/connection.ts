import type { Socket } from "node:net";
import type { FrontDoor } from "./front-door.ts";
import { type Pause, Session } from "./session.ts";

/**
 * How long the client may take to close its side after we have closed ours, in milliseconds. A socket closed
 * while input is unread is reset, and a reset can overtake the last replies.
 */
const lingerMs = 500;

/**
 * One client's connection: moves bytes between its socket and its session, and decides when the socket is
 * read, written, ended and cut.
 *
 * Whatever fails in it costs this connection and nothing else.
 */
export class Connection {
  readonly #door: FrontDoor;
  readonly #socket: Socket;
  readonly #session: Session;
  /** Whether the connection ends as soon as all that is due has gone out. */
  #isEnding = false;
  #isProgressScheduled = false;

  /** Takes over a socket that a server has just accepted; `onClose` is called when it is gone. */
  constructor(door: FrontDoor, accepted: Socket, onClose: (connection: Connection) => void) {
    this.#door = door;
    this.#session = new Session(door, {
      onProgress: () => this.#scheduleProgress(),
      onBug: (error) => this.#crash(error),
    });
    this.#socket = door.adopt(accepted, (bytes) => {
      this.#session.feed(bytes);
      this.#proceed();
    });
    this.#socket
      .on("end", () => this.#endWhenDone())
      .on("drain", () => this.#proceed())
      .on("timeout", () => this.#giveUp())
      // The peer's or the network's doing; "close" follows.
      .on("error", () => {})
      .on("close", () => {
        this.#session.abandon();
        onClose(this);
      })
      .setTimeout(door.environment.idleTimeoutMs)
      .resume();
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

  /** Many replies may come due in one turn of the event loop: they go out in one write. */
  #scheduleProgress(): void {
    if (this.#isProgressScheduled) return;
    this.#isProgressScheduled = true;
    process.nextTick(() => {
      this.#isProgressScheduled = false;
      this.#proceed();
    });
  }

  /** Does all that can be done now. The boundary at which a bug in serving a request stops. */
  #proceed(): void {
    if (this.#socket.destroyed) return;
    try {
      const pause = this.#executeAndSend();
      this.#session.keepInput();
      if (pause === "foreign") this.cut();
      else this.#await(pause);
    } catch (error) {
      this.#crash(error);
    }
  }

  /** What was executed is sent in one write, unless it is more than may be pending at a time. */
  #executeAndSend(): Pause {
    const limitBytes = this.#door.environment.pendingOutputLimitBytes;
    let pause: Pause;
    do {
      pause = this.#session.execute(limitBytes - this.#socket.writableLength);
      this.#session.deliver();
      this.#send();
    } while (pause === "full" && this.#pendingBytes < limitBytes);
    return pause;
  }

  get #pendingBytes(): number {
    return this.#session.pendingBytes + this.#socket.writableLength;
  }

  /**
   * The output's memory is used again only if the operating system has taken all of it. While the socket is
   * behind it is given copies of the right size, so that what it holds is what is counted.
   */
  #send(): void {
    const { output } = this.#door;
    if (output.length === 0) return;
    if (this.#socket.writableLength > 0) {
      this.#socket.write(output.copy());
      output.clear();
      return;
    }
    this.#socket.write(output.view());
    if (this.#socket.writableLength === 0) output.clear();
    else output.giveAway();
  }

  /** Decides what the socket does until something happens. */
  #await(pause: Pause): void {
    const socket = this.#socket;
    if (pause === "starved" && this.#isEnding && !this.#session.owesReplies) this.#end();
    if (pause === "starved") {
      if (socket.isPaused()) socket.resume();
    } else if (!socket.isPaused()) {
      socket.pause();
    }
    this.#watch(pause === "full" || socket.writableEnded);
  }

  /** While the client has to take replies before anything goes on, another patience applies than for silence. */
  #watch(isBlocked: boolean): void {
    const { slowReaderTimeoutMs, idleTimeoutMs } = this.#door.environment;
    const isSlow = isBlocked && this.#socket.writableLength > 0;
    const timeoutMs = isSlow ? slowReaderTimeoutMs : idleTimeoutMs;
    if (this.#socket.timeout !== timeoutMs) this.#socket.setTimeout(timeoutMs);
  }

  /** Closes our side; what still comes in is read and dropped. */
  #end(): void {
    const socket = this.#socket;
    if (socket.writableEnded) return;
    this.#session.stop();
    socket.end(() => {
      const linger = setTimeout(() => socket.destroy(), lingerMs);
      socket.once("close", () => clearTimeout(linger));
    });
  }

  /** Nothing has moved for as long as {@link Connection.#watch} allowed. */
  #giveUp(): void {
    if (this.#socket.writableLength > 0) {
      this.#door.log.slowReaderCut(this.#pendingBytes);
      this.cut();
    } else if (!this.#session.owesReplies) {
      this.drain();
    }
  }

  /** A bug: this connection is given up, with whatever it had put into the shared output. */
  #crash(error: unknown): void {
    this.#door.output.clear();
    this.#door.log.connectionCrashed(error);
    this.cut();
  }
}
