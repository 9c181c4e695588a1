/** Something wrong with a segment. */
export interface LogFault {
  readonly segment: number;
  readonly offsetBytes: number;
  /** As it fits behind a colon. */
  readonly reason: string;
}

/** What is wrong with the first of `count` files in a row that are not there. */
export function missingReason(count: number): string {
  if (count === 1) return "the file is missing";
  const others = count === 2 ? "the next one" : `the next ${count - 1}`;
  return `this file and ${others} are missing`;
}
