import { FileImage } from "./file-image.ts";

/** Draws a whole number from 0 up to, not including, `count`. */
export type Draw = (count: number) => number;

/** A change that the system has in memory and the disk may not have. */
type Change =
  | { readonly type: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly type: "truncate"; readonly length: number };

/** A change that no sync will ever bring to the disk, because one that should have has failed. */
interface PendingChange {
  readonly change: Change;
  readonly isForsaken: boolean;
}

/** The content of one file twice over: as programs see it, and as the disk has it. */
export class SimulatedFile {
  #content: FileImage;
  #durable: FileImage;
  #pending: PendingChange[] = [];

  constructor(content: Uint8Array = new Uint8Array()) {
    this.#content = new FileImage(content);
    this.#durable = new FileImage(content);
  }

  /** The same file, going its own way from here. */
  copy(): SimulatedFile {
    const copy = new SimulatedFile();
    copy.#content = this.#content.copy();
    copy.#durable = this.#durable.copy();
    copy.#pending = [...this.#pending];
    return copy;
  }

  /** What a program reads. */
  get content(): Uint8Array {
    return this.#content.bytes;
  }

  write(at: number, bytes: Uint8Array): void {
    this.#change({ type: "write", at, bytes: Uint8Array.from(bytes) });
  }

  truncate(length: number): void {
    this.#change({ type: "truncate", length });
  }

  /** Brings to the disk what was changed before; returns the function that does, to be called when it is done. */
  beginSync(): () => void {
    const begun = this.#pending.length;
    return () => {
      const done = this.#pending.splice(0, begun);
      for (const { change, isForsaken } of done) {
        if (!isForsaken) apply(this.#durable, change);
      }
    };
  }

  /**
   * A sync fails: the system keeps what was written in memory and believes that it needs no further
   * one. A truncation is not lost like that. It goes through the file system's journal, which a sync
   * that failed on data has not reached, and the next one commits it; a journal that fails itself
   * makes the whole file system read-only (ext4, XFS), so that no later sync reports success.
   */
  forsake(): void {
    this.#pending = this.#pending.map(({ change, isForsaken }) => {
      return { change, isForsaken: isForsaken || change.type === "write" };
    });
  }

  /**
   * What the disk has after the power went: everything synced, and of the rest, page by page, all,
   * nothing or the first bytes, in no order; with or without zeros where a page is missing. Draws
   * of nothing but 0 lose all of it.
   */
  afterPowerCut(pageBytes: number, draw: Draw): Uint8Array {
    const image = this.#durable.copy();
    for (const { change } of this.#pending) {
      if (change.type === "truncate") {
        if (draw(2) > 0) apply(image, change);
        continue;
      }
      for (const page of pagesOf(change, pageBytes)) {
        const kept = [0, page.bytes.length, draw(page.bytes.length + 1)][draw(3)] ?? 0;
        if (kept > 0) image.write(page.at, page.bytes.subarray(0, kept));
        const end = page.at + page.bytes.length;
        if (image.bytes.length < end && draw(4) > 2) image.truncate(end);
      }
    }
    return image.bytes;
  }

  #change(change: Change): void {
    this.#pending.push({ change, isForsaken: false });
    apply(this.#content, change);
  }
}

function pagesOf(
  { at, bytes }: { readonly at: number; readonly bytes: Uint8Array },
  pageBytes: number,
): readonly { readonly at: number; readonly bytes: Uint8Array }[] {
  const pages: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = Math.min(start + pageBytes - ((at + start) % pageBytes), bytes.length);
    pages.push({ at: at + start, bytes: bytes.subarray(start, end) });
    start = end;
  }
  return pages;
}

function apply(image: FileImage, change: Change): void {
  if (change.type === "truncate") image.truncate(change.length);
  else image.write(change.at, change.bytes);
}
