import { type FilePort, type ReadableFile, readFully } from "./file-port.ts";
import { isSystemError } from "./system-reason.ts";

/** A file that is open or being opened. */
interface Reader {
  /** Reads under way, those that still wait for the file to be open among them. */
  reads: number;
  /** Grows from read to read. */
  lastRead: number;
  readonly opening: Promise<ReadableFile>;
  file: ReadableFile | undefined;
}

/** The numbered files that {@link OpenReaders} opens, and how many it keeps open. */
export interface OpenReadersOptions {
  readonly files: FilePort;
  readonly pathOf: (number: number) => string;
  readonly limit: number;
}

/**
 * Numbered files open for reading: opened when first read, kept open up to a limit, the least
 * recently read closed first. A file that is being read is never closed, so more than the limit are
 * open while more are being read.
 */
export class OpenReaders {
  readonly #options: OpenReadersOptions;
  readonly #readers = new Map<number, Reader>();
  readonly #closings = new Set<Promise<void>>();
  #reads = 0;

  constructor(options: OpenReadersOptions) {
    this.#options = options;
  }

  /** How many files are open or being opened. */
  get count(): number {
    return this.#readers.size;
  }

  /** Fills `into`, and resolves to how many bytes there were: fewer at the end of the file. */
  async read(number: number, into: Uint8Array, positionBytes: number): Promise<number> {
    const reader = this.#readers.get(number) ?? this.#open(number);
    reader.reads++;
    reader.lastRead = ++this.#reads;
    try {
      return await readFully(reader.file ?? (await reader.opening), into, positionBytes);
    } catch (error) {
      if (reader.file === undefined) this.#forget(number, reader);
      throw error;
    } finally {
      reader.reads--;
      this.#closeSurplus(0);
    }
  }

  /** Makes sure that a file, which nobody reads, is not open. */
  async close(number: number): Promise<void> {
    const reader = this.#readers.get(number);
    if (reader !== undefined) this.#close(number, reader);
    // It may have been one of those too many before.
    await Promise.all(this.#closings);
  }

  /** Closes every file; nobody reads any. */
  async closeAll(): Promise<void> {
    for (const [number, reader] of this.#readers) this.#close(number, reader);
    await Promise.all(this.#closings);
  }

  #open(number: number): Reader {
    const { files, pathOf } = this.#options;
    const opening = files.openForReading(pathOf(number)).then((file) => {
      reader.file = file;
      return file;
    });
    const reader: Reader = { reads: 0, lastRead: 0, opening, file: undefined };
    this.#closeSurplus(1);
    this.#readers.set(number, reader);
    return reader;
  }

  /** It could not be opened. By the time that its readers hear of it, the next one may have tried again. */
  #forget(number: number, reader: Reader): void {
    if (this.#readers.get(number) === reader) this.#readers.delete(number);
  }

  /**
   * Makes room for `count` more. It looks at all of them, which is little beside opening a file; to
   * keep them in order would cost every read more.
   */
  #closeSurplus(count: number): void {
    while (this.#readers.size + count > this.#options.limit) {
      let oldest: readonly [number: number, reader: Reader] | undefined;
      for (const [number, reader] of this.#readers) {
        const isOlder = oldest === undefined || reader.lastRead < oldest[1].lastRead;
        if (reader.reads === 0 && isOlder) oldest = [number, reader];
      }
      if (oldest === undefined) return;
      this.#close(...oldest);
    }
  }

  #close(number: number, reader: Reader): void {
    this.#readers.delete(number);
    const closing = closeReader(reader).finally(() => this.#closings.delete(closing));
    this.#closings.add(closing);
  }
}

/** Nothing was written, so there is nothing that a failure could have lost. */
async function closeReader({ file }: Reader): Promise<void> {
  try {
    await file?.close();
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
