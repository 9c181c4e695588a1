/** A reply of ours that is not Redis', on purpose. A difference that is not seen any more fails the suite too. */
export interface Difference {
  /** The family and title of the script it is seen in, `family: title`. */
  readonly script: string;
  readonly request: string;
  /** What we answer, as the comparison shows it. */
  readonly ours: string;
  /** Whether it is one in RESP2, in RESP3, or (without this) in both. */
  readonly version?: 2 | 3;
  readonly why: string;
}

const oneDatabase = "There is one set of buckets, so one database.";

/** All of them. */
export const differences: readonly Difference[] = [
  ...["SELECT 1", "SELECT 15"].map((request) => ({
    script: "select: has no others",
    request,
    ours: "-ERR DB index is out of range",
    why: oneDatabase,
  })),
  ...([2, 3] as const).map((version) => ({
    script: "hello: refuses",
    request: "CLIENT GETNAME",
    ours: version === 2 ? "$-1" : "_",
    version,
    why: "A HELLO that is refused changes nothing; Redis keeps what it did before it found the error.",
  })),
  {
    script: "bytes: http: behind a command",
    request: String.raw`PING\r\nPOST /\r\nPING\r\n`,
    ours: "+PONG",
    why: "What was right before is answered; Redis drops what it has not sent yet.",
  },
];
