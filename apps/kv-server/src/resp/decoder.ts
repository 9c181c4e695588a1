import type { Client } from "../client.ts";
import type { FrontDoor } from "../front-door.ts";
import { Input } from "../input.ts";
import type { Piece } from "../piece.ts";
import { plainLimitBytes, type PlainRequest } from "../plain-request.ts";
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
  /** What was read and is no plain request, and where it began. */
  #held: Reading | undefined;
  #heldStart = 0;

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

  feed(piece: Piece): void {
    this.#input.lend(piece);
  }

  keep(): number {
    if (this.#held?.type === "whole") {
      this.#held = undefined;
      this.#reader.words.clear();
      this.#input.advance(this.#heldStart);
    }
    this.#reader.words.release();
    return this.#input.keep();
  }

  next(): Request | undefined {
    const reading = this.#held ?? this.#reader.read();
    this.#held = undefined;
    return reading.type === "whole" ? this.#request() : outOfOrder(reading);
  }

  nextPlain(plain: PlainRequest): boolean {
    if (this.#held !== undefined) return false;
    const input = this.#input;
    const { start } = input;
    const reading = this.#reader.read();
    if (reading.type === "starved") return false;
    if (reading.type === "whole" && input.start - start <= plainLimitBytes) {
      if (this.#readPlain(plain)) return true;
    }
    this.#held = reading;
    this.#heldStart = start;
    return false;
  }

  /** Whether the words that were just read are a plain request. */
  #readPlain(plain: PlainRequest): boolean {
    const { words } = this.#reader;
    const { source, count } = words;
    const row = this.#commands.find(source, words.start(0), words.end(0));
    if (row?.plain === undefined || row.plain.words !== count) return false;
    const bucket = words.bucket(1);
    if (bucket === undefined) return false;
    const isPut = count === 4;
    plain.type = isPut ? "put" : "get";
    plain.bucket = bucket;
    plain.bytes = source;
    plain.words = words.view;
    plain.start = words.start(2);
    plain.end = words.end(2);
    plain.valueStart = isPut ? words.start(3) : 0;
    plain.valueEnd = isPut ? words.end(3) : 0;
    plain.createsBucket = isPut;
    const conversation = this.#conversation;
    plain.form = row.plain.forms[conversation.version];
    conversation.latest = row;
    conversation.reception.commands++;
    return true;
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
