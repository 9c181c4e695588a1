import type { Protocol } from "../protocol.ts";
import { LineDecoder } from "./decoder.ts";
import { createValueSink, encodeReply } from "./encoder.ts";

/** One request a line, one reply a line: what telnet and nc speak. docs/protocol.md describes it. */
export const lineProtocol: Protocol = {
  createDecoder: ({ environment }) => new LineDecoder(environment),
  encode: encodeReply,
  createValueSink,
};
