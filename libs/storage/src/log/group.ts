import type { StorageError } from "../errors.ts";
import type { ByteWriter } from "./format/byte-writer.ts";

/** Where a group goes. */
export interface GroupPlace {
  readonly sequence: number;
  readonly segment: number;
  /** Where in the segment its header begins. */
  readonly offsetBytes: number;
  /** Whether the segment before it is full: it is the first group of a new one. */
  readonly startsSegment: boolean;
}

/** Records on their way to the disk, and the one promise that all of their answers share. */
export class Group {
  readonly place: GroupPlace;
  /** Room for the header, then the records. */
  readonly writer: ByteWriter;
  /** Settles when the group is acknowledged, or cannot be: what callers wait for. */
  readonly durable: Promise<void>;
  /** Settles when the group is in the log, or cannot be; it is acknowledged then, or a little later. */
  readonly written: Promise<void>;
  /** The latest mutation up to and including it. */
  lastRevision: number;
  readonly #durable = Promise.withResolvers<void>();
  readonly #written = Promise.withResolvers<void>();

  constructor(place: GroupPlace, writer: ByteWriter, lastRevision: number) {
    this.place = place;
    this.writer = writer;
    this.lastRevision = lastRevision;
    this.durable = this.#durable.promise;
    this.written = this.#written.promise;
    // Nobody has to listen: without this, a failed write that no caller awaits would end the process.
    this.durable.catch(() => {});
    this.written.catch(() => {});
  }

  /** It is in the log, as the sync mode has it. */
  settle(): void {
    this.#written.resolve();
  }

  acknowledge(): void {
    this.#durable.resolve();
  }

  fail(error: StorageError): void {
    this.#written.reject(error);
    this.#durable.reject(error);
  }

  /** A copy of some of its bytes, by their place in the segment; `undefined` when they are not in it. */
  read(segment: number, offsetBytes: number, lengthBytes: number): Uint8Array | undefined {
    const start = offsetBytes - this.place.offsetBytes;
    if (segment !== this.place.segment || start < 0) return undefined;
    if (start + lengthBytes > this.writer.length) return undefined;
    return this.writer.view().slice(start, start + lengthBytes);
  }
}
