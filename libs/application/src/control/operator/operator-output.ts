import type { OutputStream } from "./host.ts";
import type { ProgressLine } from "./progress-line.ts";

/** Nobody reads the output any more: `head` has seen enough. */
export class NobodyReads extends Error {
  override readonly name = "NobodyReads";
}

/** Standard output: written no faster than it is read. */
export class OperatorOutput implements Disposable {
  readonly #stream: OutputStream;
  readonly #progress: ProgressLine;
  readonly #closed = new AbortController();
  readonly #onError = (): void => this.#closed.abort(new NobodyReads());

  constructor(stream: OutputStream, progress: ProgressLine) {
    this.#stream = stream;
    this.#progress = progress;
    stream.on("error", this.#onError);
  }

  /** Aborted when nobody reads any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Resolves when the output has been taken. Rejects with {@link NobodyReads}. */
  async write(output: string | Uint8Array): Promise<void> {
    this.#closed.signal.throwIfAborted();
    if (output.length === 0) return;
    this.#progress.clear();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stream.write(output, (error) => {
      if (error !== undefined && error !== null) this.#onError();
      resolve();
    });
    await promise;
    this.#closed.signal.throwIfAborted();
  }

  [Symbol.dispose](): void {
    // A pipe that broke may say so late: that must not become an exception.
    if (!this.#closed.signal.aborted) this.#stream.off("error", this.#onError);
  }
}
