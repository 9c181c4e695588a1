import { EventEmitter } from "node:events";
import type { HostEvent, HostProcess } from "../src/boundary/host-process.ts";
import { CapturedStream } from "./captured-stream.ts";

/** A process that only writes down how it was ended. */
export class FakeProcess implements HostProcess {
  readonly stdout = new CapturedStream();
  readonly stderr = new CapturedStream();
  /** The codes it was asked to exit with. */
  readonly exits: number[] = [];
  readonly #events = new EventEmitter();

  on(event: HostEvent, listener: (subject: unknown) => void): void {
    this.#events.on(event, listener);
  }

  off(event: HostEvent, listener: (subject: unknown) => void): void {
    this.#events.off(event, listener);
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  /** Lets `event` happen. */
  emit(event: HostEvent, subject?: unknown): void {
    this.#events.emit(event, subject);
  }

  get listeners(): number {
    return this.#events.eventNames().length;
  }
}
