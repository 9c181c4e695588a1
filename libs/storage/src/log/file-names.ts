/** Segments are numbered below this: an index keeps 28 bits. At a segment a second it takes eight years. */
const SEGMENT_LIMIT = 2 ** 28;

/** The seal that a clean stop leaves behind. */
export const SEAL_NAME = "SEAL";

/** Where the seal is written before it gets its name. */
export const UNFINISHED_SEAL_NAME = "SEAL.new";

/** The file name of a segment: `00000001.log` for the first. */
export function segmentName(segment: number): string {
  return `${String(segment).padStart(8, "0")}.log`;
}

/** The number of the segment that `name` is the file name of; `undefined` for any other file. */
export function segmentNumber(name: string): number | undefined {
  const number = Number(/^(\d{8,})\.log$/u.exec(name)?.[1]);
  const isNumber = number > 0 && number < SEGMENT_LIMIT;
  return isNumber && segmentName(number) === name ? number : undefined;
}

/**
 * Where the bytes cut off a segment from `offsetBytes` on are kept: `00000001.log.4096.cut`, or with
 * a count when `taken` has that name from an earlier cut.
 */
export function cutName(segment: number, offsetBytes: number, taken: readonly string[]): string {
  const stem = `${segmentName(segment)}.${offsetBytes}`;
  let name = `${stem}.cut`;
  for (let count = 2; taken.includes(name); count++) name = `${stem}-${count}.cut`;
  return name;
}
