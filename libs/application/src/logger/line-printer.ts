import { pino, stdTimeFunctions } from "pino";
import type { Level } from "./level.ts";
import type { LogStream } from "./log-stream.ts";

/** How lines look: *auto* is *pretty* on a terminal and *json* elsewhere. */
export type LogFormat = "auto" | "pretty" | "json";

/** Prints one event as one line. */
export type LinePrinter = (level: Level, message: string, fields: object) => void;

/**
 * A printer for what `stream` is: coloured lines for a terminal, JSON otherwise, handed to `write`. JSON lines have `level` as
 * a word, `time` in ISO 8601, the event's own fields, and `message`.
 */
export async function createLinePrinter(
  stream: LogStream,
  format: LogFormat,
  write: (line: string) => void,
): Promise<LinePrinter> {
  const isPretty = format === "pretty" || (format === "auto" && stream.isTTY === true);
  const destination = isPretty ? await prettyDestination(stream, write) : { write };
  const options = {
    // The subscriber has judged the level already.
    level: "trace",
    base: null,
    messageKey: "message",
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(options, destination);
  return (level, message, fields) => logger[level](fields, message);
}

async function prettyDestination(
  stream: LogStream,
  write: (line: string) => void,
): Promise<{ write(line: string): void }> {
  // Its start-up time is paid only where somebody looks.
  const { prettyFactory } = await import("pino-pretty");
  const pretty = prettyFactory({
    colorize: stream.hasColors?.() ?? false,
    messageKey: "message",
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "type",
    errorLikeObjectKeys: ["failure"],
    singleLine: true,
  });
  return { write: (line) => write(pretty(line)) };
}
