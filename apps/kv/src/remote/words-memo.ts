const NOTHING = new DataView(new ArrayBuffer(0));

/** The words of the memory that was asked about last: nearly always that of the next request, and a `DataView` for each would cost more than what is copied by it. */
export class WordsMemo {
  #array: Uint8Array | undefined;
  #buffer: ArrayBufferLike = NOTHING.buffer;
  #words: DataView = NOTHING;
  #bytes: Uint8Array = new Uint8Array(NOTHING.buffer);

  /** All the memory that `bytes` lie in: they begin there at their `byteOffset`. */
  of(array: Uint8Array): DataView {
    // To ask an array for its buffer costs as much as a short copy.
    if (array === this.#array) return this.#words;
    const { buffer } = array;
    this.#array = array;
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#words = new DataView(buffer);
      this.#bytes = new Uint8Array(buffer);
    }
    return this.#words;
  }

  /** The memory that was asked about last. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }
}
