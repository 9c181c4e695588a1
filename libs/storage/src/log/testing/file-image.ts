/**
 * The bytes of a file. What {@link bytes} has returned stays as it was: appending writes behind it,
 * where no view looks, with room to spare, so that a long log costs no more than its length; any
 * other change goes to a new array.
 */
export class FileImage {
  #buffer: Uint8Array;
  #length: number;

  constructor(bytes: Uint8Array = new Uint8Array()) {
    this.#buffer = bytes;
    this.#length = bytes.length;
  }

  /** The same bytes, going their own way from here. */
  copy(): FileImage {
    return new FileImage(Uint8Array.from(this.bytes));
  }

  /** Never to be written to. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Writes `bytes`, with zeros before them where the file ends earlier. */
  write(at: number, bytes: Uint8Array): void {
    const end = Math.max(this.#length, at + bytes.length);
    if (at < this.#length) this.#moveTo(end);
    else if (end > this.#buffer.length) this.#moveTo(2 * end);
    this.#buffer.set(bytes, at);
    this.#length = end;
  }

  /** Cuts or lengthens with zeros. */
  truncate(length: number): void {
    this.#moveTo(length);
    this.#length = length;
  }

  #moveTo(capacity: number): void {
    const buffer = new Uint8Array(capacity);
    buffer.set(this.#buffer.subarray(0, Math.min(this.#length, capacity)));
    this.#buffer = buffer;
  }
}
