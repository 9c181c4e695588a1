import type { Protocol } from "../protocol.ts";
import { COMMANDS } from "./commands/commands.ts";
import { CommandTable } from "./command-table.ts";
import { RespDecoder } from "./decoder.ts";
import { encodeRespReply } from "./reply-encoder.ts";
import { createValueSink } from "./writer.ts";

const table = new CommandTable(COMMANDS);

/** RESP2 and RESP3, the languages of Redis' clients: a bucket is a hash. docs/protocol.md describes it. */
export const respProtocol: Protocol = {
  createDecoder: (door, client) => new RespDecoder(table, door, client),
  encode: encodeRespReply,
  createValueSink,
};
