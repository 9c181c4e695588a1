import type { Families } from "../script.ts";

const shared = [
  ..."ping echo hello auth select quit reset client command config info dbsize time".split(" "),
  ..."hset hget hmget hdel hgetall hkeys hvals hlen hexists hsetnx hstrlen hincrby hscan".split(
    " ",
  ),
  ..."exists type del unlink scan keys expire pexpire ttl pttl persist".split(" "),
];

/** What the server says of itself, and of commands it does not have. */
export const server: Families = {
  command: {
    "describes what both have": [
      ...shared.map((name) => `COMMAND INFO ${name}`),
      "COMMAND INFO HGET hset",
    ],
    "knows what it has not": [
      "COMMAND INFO nosuch",
      "COMMAND INFO hget nosuch hset",
      "COMMAND DOCS nosuch",
    ],
    documents: [
      "COMMAND DOCS hget",
      "COMMAND DOCS HGETALL hset",
      "COMMAND DOCS hget nosuch",
      "command docs ping",
    ],
    lists: ["COMMAND", "COMMAND LIST", "COMMAND LIST FILTERBY PATTERN hget*", "COMMAND LIST FOO"],
    "finds keys": [
      "COMMAND GETKEYS HSET b f v",
      "COMMAND GETKEYS DEL a b c",
      "COMMAND GETKEYS del a a",
      "COMMAND GETKEYS PING",
      "COMMAND GETKEYS NOSUCH x",
      "COMMAND GETKEYS HGET b",
      "COMMAND GETKEYS KEYS *",
      "COMMAND GETKEYS",
    ],
    counts: ["COMMAND COUNT", "command count"],
    refuses: ["COMMAND NOSUCH", "COMMAND nosuch x", "COMMAND COUNT x"],
  },
  config: {
    gets: [
      "CONFIG GET save",
      "CONFIG GET appendonly",
      "CONFIG GET SAVE",
      "config get appendonly save",
    ],
    "knows what it has not": ["CONFIG GET nosuch", "CONFIG GET nosuch*"],
    refuses: ["CONFIG", "CONFIG GET", "CONFIG NOSUCH", "CONFIG nosuch x"],
  },
  info: {
    "tells of the server": [
      "INFO",
      "INFO replication",
      "INFO server",
      "info",
      "INFO everything",
      "INFO default",
      "INFO all",
    ],
    "tells of nothing": ["INFO nosuch"],
    "tells of some": ["INFO server replication", "INFO REPLICATION"],
    "counts buckets": ["HSET b f v", "INFO keyspace"],
  },
  time: {
    "is two numbers": ["TIME", "time"],
    "wants no word": ["TIME x"],
  },
  unknown: {
    "is named with its arguments": [
      "NOSUCH",
      "nosuch",
      "NOSUCH a",
      "NOSUCH a b c",
      'NOSUCH ""',
      '""',
      '"" a',
      String.raw`NOSUCH a\r\nb`,
      String.raw`NO\r\nSUCH`,
      String.raw`NOSUCH \x00\xff`,
      String.raw`\{n*200}`,
      String.raw`NOSUCH \{a*200}`,
      String.raw`NOSUCH \{a*100} \{b*100} \{c*100} d`,
      "NOSUCH a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z",
      String.raw`NOSUCH it's`,
      "PING",
    ],
    "is an inline word of the line protocol": ["CREATE b", "PUT b f v", "GE b f"],
  },
};
