import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { picklist } from "valibot";
import type { Application } from "../application.ts";
import { systemTime, type Time, unixTimeMs } from "../time.ts";
import { isShown, levels, parseLevel } from "./level.ts";
import { LastProblems } from "./last-problems.ts";
import { createLinePrinter, type LinePrinter, type LogFormat } from "./line-printer.ts";
import { LogOutput } from "./log-output.ts";
import type { LogStream } from "./log-stream.ts";

/** What may be configured for the application `logger`. */
export const loggerEnvironment = {
  level: {
    schema: picklist([...levels, "silent"]),
    default: "info",
    doc: "The least important events that are printed.",
  },
  format: {
    schema: picklist(["auto", "pretty", "json"]),
    default: "auto",
    doc: "How events are printed: `pretty` for people, `json` for programs, `auto` by what the output is.",
  },
} as const;

/** Where events come from and go to. */
export interface LoggerOptions {
  /** Names of diagnostics channels; on each, whatever has a `level` and a `message` is printed. */
  readonly channels: readonly string[];
  readonly stdout: LogStream;
  /** For events of level `fatal`. */
  readonly stderr: LogStream;
  readonly time?: Time | undefined;
  /** Milliseconds since 1970, for the problems that `status` shows; the machine's own by default. */
  readonly clock?: (() => number) | undefined;
}

/** How many warnings and errors `status` shows. */
const problemLimit = 10;

/**
 * The one place that prints: an application, to be listed first, so that it starts before all others and stops
 * after them.
 *
 * Its level may be put while it runs. It keeps the last warnings and errors for `status`, whatever its level. When nobody reads its output it drops lines rather than wait, and says how many
 * once there is room.
 */
export function createLogger({
  channels,
  stdout,
  stderr,
  time = systemTime,
  clock = unixTimeMs,
}: LoggerOptions): Application<typeof loggerEnvironment, undefined> {
  return {
    name: "logger",
    description: "Prints the events of all applications.",
    dependencies: [],
    environment: loggerEnvironment,
    start: async ({ environment }) => {
      const outputs = [new LogOutput(stdout, time), new LogOutput(stderr, time)] as const;
      const [normal, fatal] = await Promise.all([
        outputPrinter(stdout, outputs[0], environment.format),
        outputPrinter(stderr, outputs[1], environment.format),
      ]);
      const problems = new LastProblems(problemLimit, clock);
      const print = (event: unknown): void => {
        if (!isEvent(event)) return;
        const { level: word, message, ...fields } = event;
        const level = parseLevel(word) ?? "info";
        problems.take(level, message);
        if (!isShown(level, environment.level)) return;
        const printLine = level === "fatal" ? fatal : normal;
        printLine(level, message, fields);
      };
      for (const name of channels) subscribe(name, print);
      return {
        api: undefined,
        status: () => ({ lastProblems: problems.list }),
        finished: Promise.withResolvers<void>().promise,
        [Symbol.asyncDispose]: async () => {
          for (const name of channels) unsubscribe(name, print);
          for (const output of outputs) await output[Symbol.asyncDispose]();
        },
      };
    },
  };
}

async function outputPrinter(
  stream: LogStream,
  output: LogOutput,
  format: LogFormat,
): Promise<LinePrinter> {
  const print = await createLinePrinter(stream, format, (text) => output.write(text));
  return (level, message, fields) => {
    const dropped = output.takeDropped();
    if (dropped > 0) print("warn", `${dropped} events were dropped: nobody read the log`, {});
    print(level, message, fields);
  };
}

interface PrintableEvent {
  readonly level: unknown;
  readonly message: string;
}

function isEvent(event: unknown): event is PrintableEvent {
  return (
    typeof event === "object" &&
    event !== null &&
    "level" in event &&
    "message" in event &&
    typeof event.message === "string"
  );
}
