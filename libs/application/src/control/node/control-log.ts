import { emit } from "../../events.ts";
import { failureReason, isOperatingFailure } from "../../operating-failure.ts";
import type { NodeCommand } from "../declaration/command.ts";

/** What a control socket has to tell the node's log. */
export interface ControlLog {
  opened(path: string): void;
  unavailable(platform: string): void;
  wrongCookie(): void;
  connectionFailed(failure: unknown): void;
  commandRan(
    command: Pick<NodeCommand<never, unknown, unknown>, "name" | "level">,
    tookMs: number,
  ): void;
  commandFailed(command: string, failure: unknown): void;
  commandCrashed(command: string, failure: unknown): void;
  commandAbandoned(command: string, failure: unknown): void;
}

/** Commands are told by their name alone. */
export const controlLog: ControlLog = {
  opened: (path) =>
    emit({
      level: "debug",
      message: `Listening for operators at "${path}"`,
      type: "control-open",
      path,
    }),
  unavailable: (platform) =>
    emit({
      level: "warn",
      message: `There are no control sockets on ${platform}: this node cannot be reached by commands`,
      type: "control-unavailable",
      platform,
    }),
  wrongCookie: () =>
    emit({
      level: "warn",
      message: "An operator was refused: the cookie is another one",
      type: "control-wrong-cookie",
    }),
  connectionFailed: (failure) =>
    emit({
      // Nonsense that came in is the other end's fault, anything else is ours.
      level: isOperatingFailure(failure) ? "warn" : "error",
      message: `A control connection was closed: ${failureReason(failure)}`,
      type: "control-failed",
      failure,
    }),
  commandRan: ({ name, level = "debug" }, tookMs) =>
    emit({
      level,
      message: `Ran "${name}" in ${tookMs} ms`,
      type: "command-ran",
      command: name,
      tookMs,
    }),
  commandFailed: (command, failure) =>
    emit({
      level: "debug",
      message: `"${command}" failed`,
      type: "command-failed",
      command,
      failure,
    }),
  commandCrashed: (command, failure) =>
    emit({
      level: "error",
      message: `"${command}" has a bug`,
      type: "command-crashed",
      command,
      failure,
    }),
  commandAbandoned: (command, failure) =>
    emit({
      level: "debug",
      message: `"${command}" was given up: nobody waits for it any more`,
      type: "command-abandoned",
      command,
      failure,
    }),
};
