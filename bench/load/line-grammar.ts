import { VALUE_BYTES } from "../data/population.ts";
import type { RequestGrammar } from "./request-grammar.ts";

const SPACE = Buffer.from(" ");

/** Requests of the line protocol: `GET bucket key` and `PUT bucket key value`. */
export const lineGrammar: RequestGrammar = {
  start: { get: Buffer.from("GET "), put: Buffer.from("PUT ") },
  beforeKey: SPACE,
  beforeValue: Array.from({ length: VALUE_BYTES.most + 1 }, () => SPACE),
  end: Buffer.from("\r\n"),
};
