/** Bytes that a client would not send who means well, or does: whole requests, damaged ones, and what never was one. */
import fc from "fast-check";

type Stream = fc.Arbitrary<Buffer>;

const bucket = fc.constantFrom("a", "b", "a b", "", "\u00ff\r\n", "n".repeat(255), "n".repeat(256));
const key = fc.constantFrom("k", "l", "", "\0\u00ff", "k".repeat(70_000));
const number = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.integer({ min: -5, max: 30 }).map(String),
  fc.constantFrom("1e9", "-0", "+1", "0x10", "1.5", "9223372036854775807", "-9223372036854775808"),
);
const option = fc.constantFrom(
  ..."NX XX GT LT MATCH COUNT TYPE hash IFREV IFABSENT PX PXAT FIELDS WITHVALUES AUTH SETNAME NOVALUES ID ADDR USER".split(
    " ",
  ),
);
const pattern = fc.constantFrom("*", "[", "[^a-", "\\", "*a*b*c*d*", "?".repeat(100), "[z-a]");
const text = fc.string({ unit: "binary-ascii", maxLength: 40 });
const word = fc.oneof(bucket, key, number, option, pattern, text);

/** Those whose answers depend on nothing but what the client has sent: not INFO and TIME. None harms others. */
const names = (
  "PING ECHO HELLO AUTH SELECT RESET CLIENT COMMAND CONFIG DBSIZE " +
  "HSET HMSET HGET HMGET HDEL HGETALL HKEYS HVALS HLEN HEXISTS HSETNX HSTRLEN HINCRBY HSCAN HRANDFIELD " +
  "EXISTS TYPE DEL UNLINK SCAN KEYS EXPIRE PEXPIRE EXPIREAT PEXPIREAT TTL PTTL PERSIST EXPIRETIME PEXPIRETIME " +
  "HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT HPERSIST HTTL HPTTL HEXPIRETIME HPEXPIRETIME " +
  "KV.GET KV.PUT KV.DELETE KV.CREATE SET MULTI"
).split(" ");
const subcommands = fc.constantFrom(
  ..."ID SETNAME GETNAME SETINFO LIST HELP NO-EVICT REPLY COUNT DOCS GETKEYS GET SET".split(" "),
);

const words = fc
  .tuple(
    fc.constantFrom(...names, ...names.map((name) => name.toLowerCase())),
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(bucket, key) },
      { weight: 1, arbitrary: fc.tuple(subcommands, word) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
    fc.array(word, { maxLength: 5 }),
  )
  .map(([name, first, others]) => [[name], first, others].flat());

function requestOf(all: readonly string[]): string {
  return `*${all.length}\r\n${all.map((one) => `$${one.length}\r\n${one}\r\n`).join("")}`;
}

const inline = words.map((all) => `${all.join(" ").replaceAll(/[\r\n\0"']/gu, "")}\r\n`);

/** What most requests are, many in a row: they are taken from the decoder together. */
const plain = fc.oneof(
  fc.tuple(fc.constant("HGET"), bucket, key),
  fc.tuple(fc.constant("HSET"), bucket, key, text),
);
const manyPlain = fc.array(plain.map(requestOf), { maxLength: 20 }).map((all) => all.join(""));

const respPiece = fc.oneof(
  { weight: 2, arbitrary: manyPlain },
  { weight: 8, arbitrary: words.map(requestOf) },
  { weight: 2, arbitrary: inline },
  { weight: 1, arbitrary: number.map((count) => `*${count}\r\n`) },
  { weight: 1, arbitrary: number.map((length) => `*2\r\n$4\r\nECHO\r\n$${length}\r\n`) },
  { weight: 1, arbitrary: fc.nat({ max: 300 }).map((depth) => "*1\r\n".repeat(depth)) },
  { weight: 1, arbitrary: fc.constantFrom("\r\n", "*0\r\n", '"', "\0", "*", "$", "\x16\x03\x01") },
  { weight: 1, arbitrary: text },
);

const linePiece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("CREATE", "PUT", "GET", "DELETE", "AUTH"), fc.array(word))
      .map(([verb, others]) => `${[verb, ...others.slice(0, 3)].join(" ")}\r\n`),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom("CREATE a\r\n", "PUT a k v\n", "GET a k\r\n", "GET a l\n"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("\n", "\r", "\xe2\x80\x83", "\xc2", "\0", "*1\r\n$4\r\n"),
  },
  { weight: 1, arbitrary: fc.nat({ max: 3000 }).map((length) => "x".repeat(length)) },
  { weight: 1, arbitrary: text },
);

function streamOf(piece: fc.Arbitrary<string>): Stream {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 });
  return fc.tuple(fc.array(piece, { maxLength: 12 }), changes).map(([pieces, changed]) => {
    const bytes = Buffer.from(pieces.join(""), "latin1");
    for (const [at, byte] of changed) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });
}

/** A dozen requests at most of RESP: right, wrong, and with up to three bytes changed. */
export const respStream: Stream = streamOf(respPiece);

/** The same of the line protocol. */
export const lineStream: Stream = streamOf(linePiece);
