import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { LogStream } from "@kv/application";

/** A file is followed by a new one when it has become so long. */
const LIMIT_BYTES = 10 * 1024 * 1024;

/** So many former files are kept, as `NAME.1` (the latest) and so on. */
const KEPT_FILES = 5;

/** Where a {@link RotatingLog} changes files; as above by default. */
export interface RotatingLogLimits {
  readonly limitBytes?: number;
  readonly keptFiles?: number;
}

/**
 * The log of a node without a terminal: a file, mode 0600, in a folder that is its user's alone, which gives way to a new one
 * when it is long. What was written is with the system when `write` returns, so a node that crashes loses none of it.
 *
 * When the disk is full lines are lost, and nothing else happens.
 */
export class RotatingLog implements LogStream {
  readonly writableLength = 0;
  readonly #path: string;
  readonly #limitBytes: number;
  readonly #keptFiles: number;
  #file: number;
  #bytes = 0;

  /** Goes on in the file at `path`, or makes it. Throws what the system throws. */
  constructor(
    path: string,
    { limitBytes = LIMIT_BYTES, keptFiles = KEPT_FILES }: RotatingLogLimits = {},
  ) {
    this.#path = path;
    this.#limitBytes = limitBytes;
    this.#keptFiles = keptFiles;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#file = this.#open();
  }

  /** Answers that there is room for more. */
  write(text: string, done?: (error?: Error | null) => void): boolean {
    let failure: Error | null = null;
    try {
      if (this.#bytes > 0 && this.#bytes + text.length > this.#limitBytes) this.#rotate();
      this.#bytes += writeSync(this.#file, text);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    done?.(failure);
    return true;
  }

  /** Goes on in whatever is at the path now: somebody else has moved the file away. */
  reopen(): void {
    closeSync(this.#file);
    this.#file = this.#open();
  }

  /** It has no events. */
  on(): this {
    return this;
  }

  /** It has no events. */
  off(): this {
    return this;
  }

  #rotate(): void {
    for (let number = this.#keptFiles - 1; number >= 0; number--) {
      const from = number === 0 ? this.#path : `${this.#path}.${number}`;
      if (existsSync(from)) renameSync(from, `${this.#path}.${number + 1}`);
    }
    this.reopen();
  }

  #open(): number {
    const file = openSync(this.#path, "a", 0o600);
    this.#bytes = fstatSync(file).size;
    return file;
  }
}
