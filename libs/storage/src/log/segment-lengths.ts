/** The segments of a log and how long each is: a range of numbers without a gap, oldest first. */
export class SegmentLengths {
  readonly #lengths = new Map<number, number>();
  #totalBytes = 0;
  #appendedBytes = 0;

  constructor(segments: Iterable<{ readonly segment: number; readonly lengthBytes: number }> = []) {
    for (const { segment, lengthBytes } of segments) this.set(segment, lengthBytes);
  }

  /** The oldest segment; 0 when there is none. */
  get first(): number {
    return this.#lengths.keys().next().value ?? 0;
  }

  get count(): number {
    return this.#lengths.size;
  }

  /** Bytes of all segments. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Bytes that were added since the log was opened, those in segments that are gone included. */
  get appendedBytes(): number {
    return this.#appendedBytes;
  }

  /** Bytes of one segment; 0 when it is not there. */
  of(segment: number): number {
    return this.#lengths.get(segment) ?? 0;
  }

  /** A new segment must have a higher number than all others. */
  set(segment: number, lengthBytes: number): void {
    const addedBytes = lengthBytes - this.of(segment);
    this.#totalBytes += addedBytes;
    this.#appendedBytes += addedBytes;
    this.#lengths.set(segment, lengthBytes);
  }

  delete(segment: number): void {
    this.#totalBytes -= this.of(segment);
    this.#lengths.delete(segment);
  }

  /** Oldest first. */
  list(): readonly { readonly segment: number; readonly lengthBytes: number }[] {
    return [...this.#lengths].map(([segment, lengthBytes]) => ({ segment, lengthBytes }));
  }
}
