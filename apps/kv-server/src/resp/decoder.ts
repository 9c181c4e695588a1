import type { Client } from "../client.ts";
import type { FrontDoor } from "../front-door.ts";
import { Input } from "../input.ts";
import type { Decoder } from "../protocol.ts";
import type { Request } from "../request.ts";
import { answerAnybodyError, leaveWith } from "./answers.ts";
import type { CommandRow } from "./command-row.ts";
import type { CommandTable } from "./command-table.ts";
import type { Conversation } from "./conversation.ts";
import { type Reading, WordReader } from "./word-reader.ts";
import { receptionAt } from "./reception.ts";
import { unknownCommandError, wrongNumberError } from "./errors.ts";
import { appendError } from "./writer.ts";

const FOREIGN_PROTOCOL: Request = { type: "foreign-protocol" };

/**
 * Reads requests from RESP. Words come from a {@link WordReader}; here they become what the command of that name makes
 * of them.
 */
export class RespDecoder implements Decoder {
  readonly #input = new Input();
  readonly #reader: WordReader;
  readonly #commands: CommandTable;
  readonly #conversation: Conversation;

  /** The decoder of one connection, that of `client`. */
  constructor(commands: CommandTable, door: FrontDoor, client: Client) {
    this.#commands = commands;
    const reception = receptionAt(door);
    reception.connections++;
    this.#conversation = {
      version: 2,
      name: "",
      libraryName: "",
      libraryVersion: "",
      latest: undefined,
      commands,
      client,
      door,
      reception,
    };
    reception.conversations.set(client, this.#conversation);
    this.#reader = new WordReader(this.#input, {
      limits: door.environment,
      isAdmitted: () => client.isAdmitted,
    });
  }

  feed(bytes: Uint8Array): void {
    this.#input.lend(bytes);
  }

  keep(): number {
    this.#reader.words.release();
    return this.#input.keep();
  }

  next(): Request | undefined {
    const reading = this.#reader.read();
    return reading.type === "whole" ? this.#request() : outOfOrder(reading);
  }

  #request(): Request {
    const { words } = this.#reader;
    const row = this.#commands.find(words.source, words.start(0), words.end(0));
    if (row === undefined) {
      return isWebPage(words.bytes(0))
        ? FOREIGN_PROTOCOL
        : answerAnybodyError(unknownCommandError(words));
    }
    if (!takes(row, words.count)) return answerAnybodyError(wrongNumberError(row.name));
    const conversation = this.#conversation;
    conversation.latest = row;
    conversation.reception.commands++;
    return row.request(words, conversation);
  }
}

function outOfOrder(reading: Exclude<Reading, { readonly type: "whole" }>): Request | undefined {
  switch (reading.type) {
    case "starved":
      return undefined;
    case "foreign":
      return FOREIGN_PROTOCOL;
    case "too-long":
      return reading;
    case "broken":
      return leaveWith((output) => appendError(output, `ERR Protocol error: ${reading.reason}`));
    default:
      return reading satisfies never;
  }
}

function takes({ arity }: CommandRow, words: number): boolean {
  return arity < 0 ? words >= -arity : words === arity;
}

/** Whether a request begins as what a browser sends: the lines of an HTTP request are requests of ours otherwise. */
function isWebPage(name: Uint8Array): boolean {
  if (name.length !== 4 && name.length !== 5) return false;
  const text = Buffer.from(name).toString("latin1").toUpperCase();
  return text === "POST" || text === "HOST:";
}
