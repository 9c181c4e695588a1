/**
 * NOT COMPARED WITH A SERVER. The H*EXPIRE family came with Redis 7.4; the redis-server that the rest of the suite runs
 * beside is 7.0 and does not know it. These replies are written down from the documentation of Redis 7.4 (its pages of
 * HEXPIRE, HPEXPIRE, HTTL, HPTTL and HPERSIST) and, for the errors, from what its server says.
 */

/** A request, and the reply as `showReply()` shows it. A pattern where time goes by. */
export type Expectation = readonly [line: string, reply: string | RegExp];

/** Requests on a store without buckets, by what they show. The replies are the same in RESP2 and RESP3. */
export const hashFieldExpiry: Readonly<Record<string, readonly Expectation[]>> = {
  "sets the time that a key has left": [
    ["HSET b f 1 g 2", ":2"],
    ["HEXPIRE b 1000 FIELDS 1 f", "[:1]"],
    ["HTTL b FIELDS 2 f g", /^\[:(?:1000|99\d), :-1\]$/u],
    ["HPEXPIRE b 2000000 FIELDS 2 f g", "[:1, :1]"],
    ["HTTL b FIELDS 2 f g", /^\[:(?:2000|199\d), :(?:2000|199\d)\]$/u],
    ["HGET b f", '"1"'],
    ["TTL b", ":-1"],
  ],
  "takes it away": [
    ["HSET b f 1 g 2", ":2"],
    ["HEXPIRE b 1000 FIELDS 1 f", "[:1]"],
    ["HPERSIST b FIELDS 3 f g x", "[:1, :-1, :-2]"],
    ["HTTL b FIELDS 1 f", "[:-1]"],
    ["HPERSIST b FIELDS 1 f", "[:-1]"],
  ],
  "knows what is missing": [
    ["HEXPIRE b 1000 FIELDS 2 f g", "[:-2, :-2]"],
    ["HPEXPIRE b 1000 FIELDS 1 f", "[:-2]"],
    ["HTTL b FIELDS 1 f", "[:-2]"],
    ["HPERSIST b FIELDS 1 f", "[:-2]"],
    ["EXISTS b", ":0"],
    ["HSET b f 1", ":1"],
    ["HEXPIRE b 1000 FIELDS 2 x f", "[:-2, :1]"],
    ["HTTL b FIELDS 1 x", "[:-2]"],
  ],
  "heeds its conditions": [
    ["HSET b f 1 g 2", ":2"],
    ["HEXPIRE b 1000 XX FIELDS 1 f", "[:0]"],
    ["HEXPIRE b 1000 GT FIELDS 1 f", "[:0]"],
    ["HTTL b FIELDS 1 f", "[:-1]"],
    ["HEXPIRE b 1000 NX FIELDS 2 f g", "[:1, :1]"],
    ["HEXPIRE b 2000 NX FIELDS 1 f", "[:0]"],
    ["HEXPIRE b 500 GT FIELDS 1 f", "[:0]"],
    ["HEXPIRE b 2000 GT FIELDS 1 f", "[:1]"],
    ["HEXPIRE b 1500 LT FIELDS 2 f g", "[:1, :0]"],
    ["HEXPIRE b 500 xx FIELDS 1 g", "[:1]"],
    ["HPERSIST b FIELDS 1 f", "[:1]"],
    ["HEXPIRE b 700 LT FIELDS 1 f", "[:1]"],
    ["HTTL b FIELDS 2 f g", /^\[:(?:700|69\d), :(?:500|49\d)\]$/u],
  ],
  "of 0 deletes": [
    ["HSET b f 1 g 2", ":2"],
    ["HEXPIRE b 0 FIELDS 2 f x", "[:2, :-2]"],
    ["HGETALL b", /^%?[[{]"g"(?:,|:) "2"[\]}]$/u],
    ["HPEXPIRE b 0 FIELDS 1 g", "[:2]"],
    ["EXISTS b", ":0"],
    ["KEYS *", "[]"],
  ],
  "ends with a new value": [
    ["HSET b f 1", ":1"],
    ["HEXPIRE b 1000 FIELDS 1 f", "[:1]"],
    ["HSET b f 2", ":0"],
    ["HTTL b FIELDS 1 f", "[:-1]"],
  ],
  "outlives an increment": [
    ["HSET b f 1", ":1"],
    ["HEXPIRE b 1000 FIELDS 1 f", "[:1]"],
    ["HINCRBY b f 1", ":2"],
    ["HTTL b FIELDS 1 f", /^\[:(?:1000|99\d)\]$/u],
  ],
  "takes names in any case": [
    ["HSET b f 1 fields 2", ":2"],
    ["hexpire b 1000 nx fields 2 f fields", "[:1, :1]"],
    ["httl b Fields 1 f", /^\[:(?:1000|99\d)\]$/u],
    ["hpersist b fields 1 f", "[:1]"],
  ],
  refuses: [
    ["HSET b f 1", ":1"],
    ...["hexpire", "hpexpire"].flatMap((name): readonly Expectation[] => [
      [name, `-ERR wrong number of arguments for '${name}' command`],
      [`${name} b 100 FIELDS 1`, `-ERR wrong number of arguments for '${name}' command`],
      [`${name} b x FIELDS 1 f`, "-ERR value is not an integer or out of range"],
      [`${name} b 9223372036854775808 FIELDS 1 f`, "-ERR value is not an integer or out of range"],
      [`${name} b -1 FIELDS 1 f`, "-ERR invalid expire time, must be >= 0"],
      [`${name} b 9223372036854775807 FIELDS 1 f`, `-ERR invalid expire time in '${name}' command`],
      [`${name} b 100 FIELDS 0 f`, "-ERR Parameter `numFields` should be greater than 0"],
      [`${name} b 100 FIELDS -1 f`, "-ERR Parameter `numFields` should be greater than 0"],
      [`${name} b 100 FIELDS x f`, "-ERR Parameter `numFields` should be greater than 0"],
      [
        `${name} b 100 FIELDS 2 f`,
        "-ERR The `numfields` parameter must match the number of arguments",
      ],
      [
        `${name} b 100 FIELDS 1 f g`,
        "-ERR The `numfields` parameter must match the number of arguments",
      ],
      [
        `${name} b 100 FOO 1 f g`,
        "-ERR Mandatory argument FIELDS is missing or not at the right position",
      ],
      [
        `${name} b 100 NX XX FIELDS 1 f`,
        "-ERR Mandatory argument FIELDS is missing or not at the right position",
      ],
    ]),
    ...["httl", "hpersist"].flatMap((name): readonly Expectation[] => [
      [name, `-ERR wrong number of arguments for '${name}' command`],
      [`${name} b FIELDS 1`, `-ERR wrong number of arguments for '${name}' command`],
      [`${name} b FIELDS 0 f`, "-ERR Number of fields must be a positive integer"],
      [`${name} b FIELDS x f`, "-ERR Number of fields must be a positive integer"],
      [`${name} b FIELDS 2 f`, "-ERR The `numfields` parameter must match the number of arguments"],
      [
        `${name} b FOO 1 f`,
        "-ERR Mandatory argument FIELDS is missing or not at the right position",
      ],
    ]),
    ["HTTL b FIELDS 1 f", "[:-1]"],
  ],
};
