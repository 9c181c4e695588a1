/** Above this length a native copy beats a loop over words, with the two views that it needs. */
const LOOPED_BYTES = 256;

/**
 * Copies the bytes of `source` from `start` to before `end` to `target`, from `at` on. Most keys and values are short: a loop over
 * their words costs a fraction of the views that a native copy is asked for by. The two must not overlap.
 */
// oxlint-disable-next-line max-params -- once for each key and value: an object would cost as much as the copy
export function copyPart(
  source: DataView,
  start: number,
  end: number,
  target: DataView,
  at: number,
): void {
  const length = end - start;
  if (length > LOOPED_BYTES) {
    bytesOf(target, at, length).set(bytesOf(source, start, length));
    return;
  }
  let done = 0;
  for (; done + 8 <= length; done += 8) {
    target.setBigUint64(at + done, source.getBigUint64(start + done));
  }
  if (done + 4 <= length) {
    target.setInt32(at + done, source.getInt32(start + done));
    done += 4;
  }
  for (; done < length; done++) target.setUint8(at + done, source.getUint8(start + done));
}

function bytesOf(view: DataView, start: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, length);
}
