/** Replies of the Redis protocol (RESP2), as a server writes them. */
export const ok = "+OK\r\n";

/** An integer. */
export const integer = (value: number): string => `:${value}\r\n`;

/** An error, by its text without the dash. */
export const failure = (text: string): string => `-${text}\r\n`;

/** A text. */
export const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** Several replies in one. */
export const list = (...replies: readonly string[]): string =>
  `*${replies.length}\r\n${replies.join("")}`;

/** Takes commands out of what a client sends: arrays of bulk strings, cut anywhere. */
export class CommandReader {
  #bytes = Buffer.alloc(0);

  /** The commands that are whole with these bytes, their words in Latin-1. */
  read(chunk: Buffer): readonly (readonly string[])[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const commands: (readonly string[])[] = [];
    for (;;) {
      const command = this.#next();
      if (command === undefined) return commands;
      commands.push(command);
    }
  }

  #next(): readonly string[] | undefined {
    let at = 0;
    const line = (): string | undefined => {
      const end = this.#bytes.indexOf("\r\n", at);
      if (end === -1) return undefined;
      const text = this.#bytes.toString("latin1", at + 1, end);
      at = end + 2;
      return text;
    };
    const count = line();
    if (count === undefined) return undefined;
    const words: string[] = [];
    for (let index = 0; index < Number(count); index += 1) {
      const length = line();
      if (length === undefined || this.#bytes.length < at + Number(length) + 2) return undefined;
      words.push(this.#bytes.toString("latin1", at, at + Number(length)));
      at += Number(length) + 2;
    }
    this.#bytes = this.#bytes.subarray(at);
    return words;
  }
}
