import { join } from "node:path";
import { segmentName } from "./file-names.ts";
import type { FilePort } from "./file-port.ts";
import { OpenReaders } from "./open-readers.ts";
import { isSystemError } from "./system-reason.ts";

/**
 * How many descriptors are kept open: a quarter of the 1024 files that most systems allow a process
 * by default, which leaves the rest to connections.
 */
const OPEN_LIMIT = 256;

/** What {@link SegmentFiles} reads, and how many descriptors it may keep. */
export interface SegmentFilesOptions {
  readonly files: FilePort;
  readonly directory: string;
  /** How many descriptors are kept open, 256 by default. More are open while more segments are being read. */
  readonly openLimit?: number | undefined;
}

/** A segment that was read or pinned and has not been removed. */
interface Segment {
  pins: number;
  reads: number;
  removal: Promise<void> | undefined;
  /** Called when the last pin and the last read are gone. */
  onIdle: (() => void) | undefined;
}

/** Reads from the segments of a log and removes them, so that nobody loses a file while reading it. */
export class SegmentFiles {
  readonly #files: FilePort;
  readonly #directory: string;
  readonly #readers: OpenReaders;
  readonly #segments = new Map<number, Segment>();
  #reads = 0;
  #closed: Promise<void> | undefined;
  /** Called when the last read of any segment is gone. */
  #onQuiet: (() => void) | undefined;

  constructor({ files, directory, openLimit = OPEN_LIMIT }: SegmentFilesOptions) {
    this.#files = files;
    this.#directory = directory;
    const pathOf = (number: number): string => this.#pathOf(number);
    this.#readers = new OpenReaders({ files, pathOf, limit: openLimit });
  }

  /** How many descriptors are open or being opened. */
  get openCount(): number {
    return this.#readers.count;
  }

  /**
   * Reads from a segment, which is pinned from this call on until the promise settles. Resolves to an array
   * of `lengthBytes` or, where the file ends before, of as many as there are: the caller
   * knows whether that is damage. It is a fresh one, or the beginning of `memory`, which is as long at least:
   * whoever reads much gives that, for memory that is made again and again keeps the collector busy.
   * Rejects as {@link FilePort} does.
   *
   * It is a bug, and rejects, to ask for a segment whose removal was asked for, unless a pin is still
   * held; and to ask for any after {@link close}.
   */
  // oxlint-disable-next-line max-params -- a place, and perhaps where to
  async read(
    number: number,
    offsetBytes: number,
    lengthBytes: number,
    memory = new Uint8Array(lengthBytes),
  ): Promise<Uint8Array> {
    const segment = this.#beginRead(number);
    try {
      const bytes = memory.subarray(0, lengthBytes);
      const count = await this.#readers.read(number, bytes, offsetBytes);
      return count === lengthBytes ? bytes : bytes.subarray(0, count);
    } finally {
      this.#endRead(segment);
    }
  }

  /**
   * Keeps a segment readable until the pin is disposed of, however long that takes: a removal waits
   * for it. It is a bug to pin a segment whose removal was asked for.
   */
  pin(number: number): Disposable {
    const segment = this.#find(number);
    if (segment.removal !== undefined) throw new Error(`Segment ${number} is being removed`);
    segment.pins++;
    let isHeld = true;
    const letGo = (): void => {
      if (!isHeld) return;
      isHeld = false;
      segment.pins--;
      this.#settle(segment);
    };
    return { [Symbol.dispose]: letGo };
  }

  /**
   * Removes a segment for good: waits until no pin and no read of it is left, then resolves when the
   * loss of its name survives a power cut. A file that is gone already is as good. Rejects as
   * {@link FilePort} does; the segment may be read again then, and its removal be asked for again.
   */
  remove(number: number): Promise<void> {
    const segment = this.#find(number);
    segment.removal ??= this.#whenIdle(segment).then(() => this.#removeNow(number, segment));
    return segment.removal;
  }

  /**
   * Waits for the reads and removals under way (let go first of the pins that a removal waits for),
   * then closes every file.
   */
  close(): Promise<void> {
    this.#closed ??= this.#closeNow();
    return this.#closed;
  }

  async #closeNow(): Promise<void> {
    // Whoever asked for a removal hears of its failure there.
    await Promise.allSettled([...this.#segments.values()].flatMap(({ removal }) => removal ?? []));
    if (this.#reads > 0) {
      await new Promise<void>((resolve) => {
        this.#onQuiet = resolve;
      });
    }
    await this.#readers.closeAll();
  }

  #beginRead(number: number): Segment {
    if (this.#closed !== undefined) throw new Error("The segment files are closed");
    const segment = this.#find(number);
    if (segment.removal !== undefined && segment.pins === 0) {
      throw new Error(`Segment ${number} is being removed`);
    }
    segment.reads++;
    this.#reads++;
    return segment;
  }

  #endRead(segment: Segment): void {
    segment.reads--;
    this.#reads--;
    this.#settle(segment);
    if (this.#reads === 0) this.#onQuiet?.();
  }

  #whenIdle(segment: Segment): Promise<void> {
    return new Promise((resolve) => {
      if (segment.pins + segment.reads === 0) resolve();
      else segment.onIdle = resolve;
    });
  }

  async #removeNow(number: number, segment: Segment): Promise<void> {
    try {
      // Before the name goes: Windows removes no file that is open.
      await this.#readers.close(number);
      await this.#files.remove(this.#pathOf(number)).catch((error: unknown) => {
        if (!isSystemError(error, "ENOENT")) throw error;
      });
      await this.#files.syncDirectory(this.#directory);
      this.#segments.delete(number);
    } finally {
      segment.removal = undefined;
    }
  }

  #find(number: number): Segment {
    const known = this.#segments.get(number);
    if (known !== undefined) return known;
    const segment = { pins: 0, reads: 0, removal: undefined, onIdle: undefined };
    this.#segments.set(number, segment);
    return segment;
  }

  /** A pin or a read is over: tells a removal that waits for the last one. */
  #settle(segment: Segment): void {
    if (segment.pins + segment.reads === 0) segment.onIdle?.();
  }

  #pathOf(number: number): string {
    return join(this.#directory, segmentName(number));
  }
}
