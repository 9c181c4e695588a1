import { EventEmitter } from "node:events";
import type { OperatorHost, OutputStream } from "../src/control/operator/host.ts";

/** An output that keeps what is written to it, and may behave like a terminal, a slow reader or a broken pipe. */
export class FakeOutput implements OutputStream {
  isTTY = false;
  columns: number | undefined;
  text = "";
  /** Whether somebody reads; otherwise `write` calls back with the next `read()`. */
  isRead = true;
  /** Whether its reader has gone. */
  isBroken = false;
  readonly #waiting: (() => void)[] = [];

  write(output: string | Uint8Array, done?: (error?: Error | null) => void): boolean {
    if (this.isBroken) {
      done?.(new Error("EPIPE"));
      return false;
    }
    this.text += typeof output === "string" ? output : Buffer.from(output).toString("latin1");
    if (this.isRead) done?.();
    else this.#waiting.push(() => done?.());
    return this.isRead;
  }

  /** What was written so far has been read. */
  read(): void {
    for (const done of this.#waiting.splice(0)) done();
  }

  on(): void {}

  off(): void {}
}

/** A process that an operator's program runs in. */
export class FakeHost implements OperatorHost {
  readonly stdout = new FakeOutput();
  readonly stderr = new FakeOutput();
  stdin: AsyncIterable<Uint8Array> = emptyInput();
  readonly #events = new EventEmitter();

  on(event: "SIGINT" | "SIGTERM", listener: () => void): void {
    this.#events.on(event, listener);
  }

  off(event: "SIGINT" | "SIGTERM", listener: () => void): void {
    this.#events.off(event, listener);
  }

  /** Sends the program a signal. */
  emit(event: "SIGINT" | "SIGTERM"): void {
    this.#events.emit(event);
  }

  get listeners(): number {
    return this.#events.eventNames().length;
  }
}

async function* emptyInput(): AsyncGenerator<Uint8Array> {}
