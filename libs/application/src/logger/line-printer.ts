import { pino, stdTimeFunctions } from "pino";
import { bugText } from "../operating-failure.ts";
import type { Level } from "./level.ts";
import type { LogStream } from "./log-stream.ts";
import { printable } from "./printable.ts";

/** How lines look: *auto* is *pretty* on a terminal and *json* elsewhere. */
export type LogFormat = "auto" | "pretty" | "json";

/** The members of an event beside its level and its message. */
export type EventFields = Readonly<Record<string, unknown>>;

/** Prints one event. */
export type LinePrinter = (level: Level, message: string, fields: EventFields) => void;

/** A printer for what `stream` is; the text goes to `write`. */
export async function createLinePrinter(
  stream: LogStream,
  format: LogFormat,
  write: (text: string) => void,
): Promise<LinePrinter> {
  const isPretty = format === "pretty" || (format === "auto" && stream.isTTY === true);
  return isPretty ? await prettyPrinter(stream, write) : jsonPrinter(write);
}

/** For programs: a JSON object a line: `level` as a word, `time` in ISO 8601, `message`, the event's members. */
function jsonPrinter(write: (text: string) => void): LinePrinter {
  const options = {
    // The subscriber has judged the level already.
    level: "trace",
    base: null,
    messageKey: "message",
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, { write });
  return (level, message, fields) => {
    const members = Object.entries(fields).map(([key, value]) => [key, printable(value)]);
    logger[level](Object.fromEntries(members), message);
  };
}

/** For a person: the time, the level and the message, in colours, and the stack of a bug. */
async function prettyPrinter(
  stream: LogStream,
  write: (text: string) => void,
): Promise<LinePrinter> {
  // Its start-up time is paid only where somebody looks.
  const { prettyFactory } = await import("pino-pretty");
  const pretty = prettyFactory({
    colorize: stream.hasColors?.() ?? false,
    translateTime: "SYS:HH:MM:ss.l",
    include: "level,time",
  });
  const logger = pino({ level: "trace" }, { write: (line) => write(pretty(line)) });
  return (level, message, { failure }) => {
    const bug = failure === undefined ? undefined : bugText(failure);
    logger[level](bug === undefined ? message : `${message}\n${bug}`);
  };
}
