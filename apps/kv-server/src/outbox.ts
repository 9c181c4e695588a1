import type { OutputBuffer, OutputPart } from "./output-buffer.ts";

/** Above this many bytes replies go out at once: so much is one write of the size that sockets like. */
const heldBytes = 64 * 1024;

/** Whose replies go out through an {@link Outbox}. */
export interface Sender {
  /**
   * Hands `part` to the operating system. Whether its memory can be used again, as nobody holds a view of it any more.
   * Called once for each post; nothing is thrown.
   */
  send(part: OutputPart): boolean;
  /** Goes on: see {@link Outbox.wake}. Nothing is thrown. */
  proceed(): void;
}

/**
 * Holds the replies of all connections of a listener until the end of the turn of the event loop, and sends them then, one
 * write for each connection. A write wakes whoever waits for it, and that costs as much as ten requests: clients that
 * wait together, such as the connections of one program, are so woken once, as Redis does it too.
 */
export class Outbox {
  readonly #output: OutputBuffer;
  #woken: Sender[] = [];
  /** Whether somebody holds a view of the output's memory. */
  #isHeld = false;
  #posted: { readonly sender: Sender; readonly part: OutputPart }[] = [];

  constructor(output: OutputBuffer) {
    this.#output = output;
  }

  /** Takes what was put into the output since the last post: the replies of `sender`. */
  post(sender: Sender): void {
    const { length } = this.#posted;
    this.#posted.push({ sender, part: this.#output.endPart() });
    if (this.#output.heldBytes >= heldBytes) this.flush();
    else if (length === 0) setImmediate(() => this.flush());
  }

  /** Has `sender` go on when all that has just settled has been told of, and then sends what that makes. */
  wake(sender: Sender): void {
    if (this.#woken.length === 0) queueMicrotask(() => this.#proceed());
    this.#woken.push(sender);
  }

  #proceed(): void {
    const woken = this.#woken;
    this.#woken = [];
    for (const sender of woken) sender.proceed();
    this.flush();
  }

  /** Sends all that was posted, in that order. */
  flush(): void {
    const posted = this.#posted;
    if (posted.length === 0) return;
    this.#posted = [];
    for (const { sender, part } of posted) {
      if (!sender.send(part)) this.#isHeld = true;
    }
    // Whoever is in the midst of a part, and has had another connection go on, keeps it.
    if (this.#output.length > 0) return;
    if (this.#isHeld) this.#output.giveAway();
    else this.#output.clear();
    this.#isHeld = false;
  }
}
