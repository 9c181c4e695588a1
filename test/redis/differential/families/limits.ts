import type { Families } from "../script.ts";

/** What is larger, or smaller, than ours takes by default. Each line that meets a limit is a known difference. */
export const limits: Families = {
  "the name of a bucket": {
    "is not empty": [
      'HSET "" f v',
      'HGET "" f',
      'HGETALL ""',
      'EXISTS ""',
      'DEL b ""',
      'EXPIRE "" 10',
      "PING",
    ],
    "has at most 255 bytes": [
      String.raw`HSET \{b*255} f v`,
      String.raw`HGET \{b*255} f`,
      String.raw`HSET \{b*256} f v`,
      String.raw`HGET \{b*256} f`,
      String.raw`EXISTS b \{b*256}`,
      "PING",
    ],
  },
  "a key": {
    "has at most 64 KiB": [
      String.raw`HSET b \{k*65536} v`,
      String.raw`HGET b \{k*65536}`,
      String.raw`HSET b \{k*65537} v`,
      String.raw`HSET b f 1 \{k*65537} v g 2`,
      "HLEN b",
      "PING",
    ],
  },
  "a value": {
    "of a megabyte comes back as it went": [
      String.raw`HSET b f \{xy*524288}`,
      "HGET b f",
      "HSTRLEN b f",
      "HGETALL b",
    ],
  },
};
