import type { SayWhat } from "../evaluate/sandbox.ts";

/** Something that evaluated code has printed. */
export interface Said {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/**
 * What evaluated code prints, on its way to whoever has typed it. Code does not wait for its readers: what they do not take waits
 * here.
 */
export class SaidItems {
  readonly #print: (item: Said) => Promise<void>;
  #last: Promise<void> = Promise.resolve();

  constructor(print: (item: Said) => Promise<void>) {
    this.#print = print;
  }

  readonly say: SayWhat = (stream, text) => {
    this.#last = this.#last.then(() => this.#print({ stream, text }));
    // Whoever flushes hears of it.
    this.#last.catch(() => {});
  };

  /** Resolves when all of it is on its way; rejects when nobody reads any more. */
  flush(): Promise<void> {
    return this.#last;
  }
}
