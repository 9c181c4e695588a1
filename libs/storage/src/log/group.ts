import type { StorageError } from "../errors.ts";
import type { ByteWriter } from "./format/byte-writer.ts";

/** Mutations on their way to the disk, and the one promise that all of their answers share. */
export class Group {
  readonly sequence: number;
  /** Whether the segment before it is full: it is the first group of a new one. */
  readonly startsSegment: boolean;
  /** Room for the header, then the records. */
  readonly writer: ByteWriter;
  /** Settles when the group is acknowledged, or cannot be. */
  readonly durable: Promise<void>;
  /** The latest mutation in it. */
  lastRevision = 0;
  readonly #settle: PromiseWithResolvers<void>;

  constructor(sequence: number, startsSegment: boolean, writer: ByteWriter) {
    this.sequence = sequence;
    this.startsSegment = startsSegment;
    this.writer = writer;
    this.#settle = Promise.withResolvers();
    this.durable = this.#settle.promise;
    // Nobody has to listen: without this, a failed write that no caller awaits would end the process.
    this.durable.catch(() => {});
  }

  acknowledge(): void {
    this.#settle.resolve();
  }

  fail(error: StorageError): void {
    this.#settle.reject(error);
  }
}
