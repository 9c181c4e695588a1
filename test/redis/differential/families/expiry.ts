import type { Families, Script } from "../script.ts";

/** A time that is far away, in seconds; and one that is further. */
const FAR = 100_000;
const FURTHER = 200_000;

function conditions(command: string, unit: number): Script {
  const [far, further] = [FAR * unit, FURTHER * unit];
  return [
    "HSET b f v",
    `${command} b ${far} XX`,
    "TTL b",
    `${command} b ${far} GT`,
    "TTL b",
    `${command} b ${far} NX`,
    "TTL b",
    `${command} b ${further} NX`,
    "TTL b",
    `${command} b ${further} XX`,
    "TTL b",
    `${command} b ${far} GT`,
    "TTL b",
    `${command} b ${far} LT`,
    "TTL b",
    `${command} b ${further} LT`,
    "TTL b",
    `${command} b ${further} GT`,
    "TTL b",
    `${command} b ${far} XX LT`,
    "TTL b",
    `${command} b ${further} GT XX`,
    "TTL b",
    "PERSIST b",
    `${command} b ${far} XX LT`,
    "TTL b",
    `${command} b ${far} LT`,
    "TTL b",
    "HGETALL b",
  ];
}

function refusals(command: string): Script {
  return [
    "HSET b f v",
    command,
    `${command} b`,
    `${command} b x`,
    `${command} b ""`,
    `${command} b 1.5`,
    `${command} b 9223372036854775808`,
    `${command} b 9223372036854775807`,
    `${command} b -9223372036854775808`,
    `${command} b -9223372036854775809`,
    `${command} b 9223372036854775`,
    `${command} b 9223372036854776`,
    `${command} b 100 FOO`,
    `${command} b 100 NX XX`,
    `${command} b 100 NX GT`,
    `${command} b 100 NX LT`,
    `${command} b 100 GT LT`,
    `${command} b 100 XX GT LT`,
    `${command} b 100 NX FOO`,
    `${command} b x FOO`,
    `${command} b x NX`,
    `${command} c x`,
    `${command} c 100 FOO`,
    `${command} c 100 NX GT`,
    `${command} b 100 ""`,
    "EXISTS b",
  ];
}

function past(command: string): Script {
  return [
    "HSET b f v",
    `${command} b 0`,
    "EXISTS b",
    "HSET b f v",
    `${command} b -1`,
    "EXISTS b",
    "HGET b f",
    "HSET b f v",
    `${command} b -1 XX`,
    "EXISTS b",
    `${command} b -1 GT`,
    "EXISTS b",
    `${command} b -1 LT`,
    "EXISTS b",
    "HSET b f v",
    `${command} b -1 NX`,
    "EXISTS b",
    `${command} b -1`,
    "DBSIZE",
  ];
}

/** How long buckets live. */
export const expiry: Families = {
  expire: {
    "sets the time that is left": [
      "HSET b f v",
      "EXPIRE b 1000",
      "TTL b",
      "PTTL b",
      "expire b 500",
      "TTL b",
      "HGET b f",
    ],
    "knows a missing bucket": [
      "EXPIRE b 100",
      "EXPIRE b -1",
      "EXPIRE b 100 NX",
      "EXPIRE b 100 XX",
      "EXISTS b",
    ],
    "heeds its conditions": conditions("EXPIRE", 1),
    "heeds its conditions in any case": [
      "HSET b f v",
      "EXPIRE b 100 nx",
      "EXPIRE b 200 Xx gT",
      "TTL b",
    ],
    refuses: refusals("EXPIRE"),
    "in the past deletes": past("EXPIRE"),
    "takes a condition twice": ["HSET b f v", "EXPIRE b 100 NX NX", "EXPIRE b 200 GT GT", "TTL b"],
  },
  pexpire: {
    "sets the time that is left": ["HSET b f v", "PEXPIRE b 1000000", "TTL b", "PTTL b"],
    "knows a missing bucket": ["PEXPIRE b 100", "PEXPIRE b 100 NX"],
    "heeds its conditions": conditions("PEXPIRE", 1_000),
    refuses: refusals("PEXPIRE"),
    "in the past deletes": past("PEXPIRE"),
    "takes times that no clock will show": [
      "HSET b f v",
      "PEXPIRE b 9000000000000000000",
      "PTTL b",
      "TTL b",
      "PEXPIRE b 9223372036854775807",
      "EXPIRE b 9000000000000000",
      "PTTL b",
      "HGET b f",
    ],
  },
  ttl: {
    "tells of no time and of no bucket": ["TTL b", "PTTL b", "HSET b f v", "TTL b", "PTTL b"],
    "wants one word": ["TTL", "TTL b c", "PTTL", "PTTL b c"],
    "rounds to seconds": ["HSET b f v", "PEXPIRE b 100400", "TTL b", "PEXPIRE b 100600", "TTL b"],
  },
  persist: {
    "takes the time away": [
      "HSET b f v",
      "EXPIRE b 100",
      "PERSIST b",
      "TTL b",
      "PERSIST b",
      "HGET b f",
    ],
    "knows a missing bucket": ["PERSIST b", "EXISTS b"],
    "wants one word": ["PERSIST", "PERSIST b c"],
  },
  "what lives": {
    "ends with its deletion": ["HSET b f v", "EXPIRE b 100", "DEL b", "HSET b f v", "TTL b"],
    "is counted until then": [
      "HSET b f v",
      "EXPIRE b 100",
      "DBSIZE",
      "KEYS *",
      "EXISTS b",
      "SCAN 0",
    ],
    "is not counted any more": [
      "HSET b f v",
      "HSET c f v",
      "PEXPIRE b -5",
      "DBSIZE",
      "KEYS *",
      "EXISTS b c",
      "SCAN 0",
    ],
  },
};
