import { bucketNames, KEY_BYTES, VALUE_BYTES } from "../data/population.ts";
import type { RequestGrammar } from "./request-grammar.ts";

const BUCKET_BYTES = bucketNames[0]?.length ?? 0;

/** RESP requests as every client of Redis sends them: arrays of bulk strings, `HGET bucket key`, `HSET bucket key value`. */
export const respGrammar: RequestGrammar = {
  start: {
    get: Buffer.from(`*3\r\n$4\r\nHGET\r\n$${BUCKET_BYTES}\r\n`),
    put: Buffer.from(`*4\r\n$4\r\nHSET\r\n$${BUCKET_BYTES}\r\n`),
  },
  beforeKey: Buffer.from(`\r\n$${KEY_BYTES}\r\n`),
  beforeValue: Array.from({ length: VALUE_BYTES.most + 1 }, (_, length) =>
    Buffer.from(`\r\n$${length}\r\n`),
  ),
  end: Buffer.from("\r\n"),
};
