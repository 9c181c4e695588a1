import { isReplicated } from "../../harness/tier.ts";

/** Replies of ours that are not Redis', on purpose. One that is not seen any more fails the suite too. */
export interface Difference {
  /** The family and title of the script they are seen in, `family: title`. */
  readonly script: string;
  readonly why: string;
  /** Whether they are seen in RESP2, in RESP3, or (without this) in both. */
  readonly version?: 2 | 3;
  /** Requests, and what we answer, as the comparison shows it. */
  readonly replies: Readonly<Record<string, string | RegExp>>;
}

const longBucket = "-ERR the bucket name is longer than the limit of 255 bytes";
const longKey = "-ERR the key is longer than the limit of 65536 bytes";
const refusedHello =
  "A HELLO that is refused changes nothing; Redis keeps what it did before it found the error.";

/** What a node does not say whose buckets lie in a cluster. */
const ofCluster: readonly Difference[] = [
  {
    script: "info: counts buckets",
    why: "INFO is answered at once, and to count what a cluster has its servers have to be asked; DBSIZE does.",
    replies: { "INFO keyspace": /db0=undefined$/u },
  },
];

/** All of them but those of streams. */
export const differences: readonly Difference[] = [
  ...(isReplicated ? ofCluster : []),
  {
    script: "select: has no others",
    why: "There is one set of buckets, so one database.",
    replies: {
      "SELECT 1": "-ERR DB index is out of range",
      "SELECT 15": "-ERR DB index is out of range",
    },
  },
  { script: "hello: refuses", why: refusedHello, version: 2, replies: { "CLIENT GETNAME": "$-1" } },
  { script: "hello: refuses", why: refusedHello, version: 3, replies: { "CLIENT GETNAME": "_" } },
  {
    script: "pexpire: takes times that no clock will show",
    why: "Times are whole milliseconds up to 2^53, in the year 287,396; a later one is taken for that.",
    replies: { "PTTL b": /^:900\d{13}$/u, "TTL b": /^:900\d{10}$/u },
  },
  {
    script: "hscan: matches the empty key",
    why: "Stars match nothing too; for Redis they do so behind something, or alone.",
    replies: { "HSCAN b 0 MATCH **": '["0", [["", "v"], ["f", "w"]]]' },
  },
  {
    script: "hscan: wants a cursor",
    why: "What a request says is judged before a bucket is looked for; Redis looks first and never reads the options.",
    replies: { "HSCAN c 0 FOO": "-ERR syntax error", "HSCAN c 0 COUNT 0": "-ERR syntax error" },
  },
  {
    script: "config: gets",
    why: "A setting is told by its own name, and once; Redis by the name it was asked for.",
    replies: { "CONFIG GET SAVE": /^(?:array|map) "save"$/u },
  },
  {
    script: "the name of a bucket: is not empty",
    why: "A bucket has a name of 1 to 255 bytes, whatever protocol it is made by.",
    replies: Object.fromEntries(
      ['HSET "" f v', 'HGET "" f', 'HGETALL ""', 'EXISTS ""', 'DEL b ""', 'EXPIRE "" 10'].map(
        (request) => [request, "-ERR the bucket name is empty"],
      ),
    ),
  },
  {
    script: "the name of a bucket: has at most 255 bytes",
    why: "A bucket has a name of 1 to 255 bytes, whatever protocol it is made by.",
    replies: {
      "HSET \\{b*256} f v": longBucket,
      "HGET \\{b*256} f": longBucket,
      "EXISTS b \\{b*256}": longBucket,
    },
  },
  {
    script: "a key: has at most 64 KiB",
    why: "Keys are kept in memory; a limit is configured (keyLimitBytes).",
    replies: {
      "HSET b \\{k*65537} v": longKey,
      "HSET b f 1 \\{k*65537} v g 2": longKey,
      "HLEN b": ":1",
    },
  },
];

/** What we answer to a stream of bytes in place of Redis' replies, by the stream's title; and why. */
export const streamDifferences: Readonly<Record<string, readonly [ours: string, why: string]>> = {
  "http: behind a command": [
    "+PONG",
    "What was right before is answered; Redis drops what it has not sent yet.",
  ],
  "http: GET": ["", "A first line of HTTP is not answered, whatever its verb; Redis has a GET."],
  "inline: a zero byte": ["+PONG", "A line ends at its line feed; Redis waits behind a zero byte."],
  "inline: a zero byte in a word": [
    '"a" +PONG',
    "A line ends at its line feed; Redis waits behind a zero byte.",
  ],
  "inline: too long, with an end": [
    "-ERR Protocol error: too big inline request",
    "The limit of 64 KiB is one of the line; Redis' depends on how the line was cut on its way.",
  ],
  "array: a header without an end": [
    "-ERR Protocol error: invalid multibulk length",
    "A number has at most 18 digits and is refused with the next one; Redis waits for 64 KiB of them.",
  ],
  "bulk: a header without an end": [
    "-ERR Protocol error: invalid bulk length",
    "A number has at most 18 digits and is refused with the next one; Redis waits for 64 KiB of them.",
  ],
  "array: of a word more": [
    "-ERR Protocol error: invalid multibulk length",
    "A request has at most 2^20 words: the most that a client may make us remember.",
  ],
  "bulk: longer than it says": [
    "-ERR Protocol error: expected CR LF behind the bulk string",
    "Bytes that are not CR LF there mean that both sides count differently; Redis reads over them.",
  ],
  "bulk: with another end": [
    "-ERR Protocol error: expected CR LF behind the bulk string",
    "Bytes that are not CR LF there mean that both sides count differently; Redis reads over them.",
  ],
  "bulk: as long as Redis takes": [
    "-ERR the value is longer than the limit of 67108864 bytes",
    "A limit is configured (valueLimitBytes), and said before the bytes have come.",
  ],
};
