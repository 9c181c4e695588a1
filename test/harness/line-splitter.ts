/** Cuts a stream of replies into lines, each with the LF that ends it, so that a missing CR shows. */
export class LineSplitter {
  #pending: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      lines.push(bytes.subarray(start, end + 1));
      start = end + 1;
    }
    this.#pending = bytes.subarray(start);
    return lines;
  }

  /** What came after the last LF. */
  get rest(): Buffer {
    return this.#pending;
  }
}
