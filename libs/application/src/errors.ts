import type { ApplicationMode, EnvironmentProblem } from "./application.ts";
import type { ConfigurationProblem } from "./configuration/problem.ts";
import { configurationReport } from "./configuration/report.ts";
import type { StopFailure } from "./stop-failure.ts";

/**
 * Every failure of this package that a caller may want to branch on, and what each one carries.
 *
 * A failure that is not in this table is a bug, here or in an application.
 */
export interface ApplicationFailures {
  /** The configuration cannot be used; nothing was started. `problems` has at least one member. */
  readonly CONFIG_INVALID: { readonly problems: readonly ConfigurationProblem[] };
  /** A child ended more often than its supervisor tolerates. `cause` is what it ended with the last time. */
  readonly SUPERVISOR_GAVE_UP: {
    readonly supervisor: string;
    readonly child: string;
    readonly maxRestarts: number;
    readonly periodMs: number;
  };
  /** A part that was to run for ever ended without having failed. */
  readonly ENDED_UNASKED: { readonly name: string };
  /** Two applications of one system have the same name. */
  readonly APPLICATION_DUPLICATE: { readonly application: string };
  /** Applications depend on each other in a circle; `path` begins and ends with the same one. */
  readonly APPLICATION_CYCLE: { readonly path: readonly string[] };
  /** An application is to be started whose dependency is not. */
  readonly APPLICATION_DEPENDENCY: {
    readonly application: string;
    readonly dependency: string;
    readonly mode: ApplicationMode;
  };
  /** An application did not start, or ended while others were starting. `cause` is why. */
  readonly APPLICATION_FAILED: { readonly application: string };
  /**
   * Not everything stopped as it should; all of it was asked to. `failures`, in the order of the stop, has at least one
   * member and names the innermost: the child, not the application around it.
   */
  readonly STOP_FAILED: { readonly failures: readonly StopFailure[] };
  /** The API of an application was asked for that is not running. */
  readonly APPLICATION_NOT_RUNNING: { readonly application: string };
  /** A put named an application, or a key of one, that does not exist. */
  readonly ENVIRONMENT_UNKNOWN: { readonly name: string; readonly known: readonly string[] };
  /** A put would change a value that was fixed when the system was built. */
  readonly ENVIRONMENT_FIXED: { readonly key: string };
  /** A put on a running node would change a value that is read when the application starts and never again. */
  readonly ENVIRONMENT_START_ONLY: { readonly key: string };
  /** A put whose value the application does not accept: `reason` says why. The old value holds. */
  readonly ENVIRONMENT_REFUSED: { readonly key: string; readonly reason: string };
  /** The files of TLS that `application` names cannot be used. `problems` has at least one member. */
  readonly TLS_UNUSABLE: {
    readonly application: string;
    readonly problems: readonly EnvironmentProblem[];
  };
  /** The folder for control sockets cannot be had, or is not safe: nobody but its owner may get into it. */
  readonly CONTROL_DIRECTORY: Place;
  /** The cookie's file cannot be read or made, or others can read it too. */
  readonly CONTROL_COOKIE: Place;
  /** A node of the same name answers at the control socket already. */
  readonly CONTROL_IN_USE: { readonly node: string; readonly path: string };
  /** Nothing answers at the node's control socket: it does not run, or still starts. */
  readonly CONTROL_NO_NODE: { readonly node: string; readonly path: string };
  /** One of the two ends does not know the cookie of the other. */
  readonly CONTROL_WRONG_COOKIE: { readonly node: string };
  /** The node does not serve this connection: too many of them, another version, it is stopping. */
  readonly CONTROL_REFUSED: { readonly node: string; readonly reason: string };
  /** The other end said what is not in the protocol. */
  readonly CONTROL_PROTOCOL: { readonly reason: string };
  /** The other end went away, or took too long. */
  readonly CONTROL_GONE: { readonly reason: string };
  /** The node went away while it ran the command: what it did until then is done. */
  readonly CONTROL_LOST: { readonly node: string; readonly command: string };
  /** A command was typed that does not exist, or not with such arguments. */
  readonly COMMAND_USAGE: { readonly command: string; readonly reason: string };
  /** A command could not be carried out: `action` for instance is `get "milk"`. */
  readonly COMMAND_FAILED: { readonly action: string; readonly reason: string };
  /** A failure that the node told, in its own words. */
  readonly COMMAND_REMOTE: { readonly message: string };
}

/** A file or folder, what is wrong with it, and what an operator can do about it. */
interface Place {
  readonly path: string;
  readonly reason: string;
  readonly wayOut: string;
}

/** Stable across releases: callers, logs and tests match on it, never on the message. */
export type ApplicationErrorCode = keyof ApplicationFailures;

type MessageTable = {
  readonly [Code in ApplicationErrorCode]: (details: ApplicationFailures[Code]) => string;
};

const MESSAGES: MessageTable = {
  CONFIG_INVALID: ({ problems }) => configurationReport(problems),
  SUPERVISOR_GAVE_UP: ({ supervisor, child, maxRestarts, periodMs }) =>
    `Cannot keep "${child}" of supervisor "${supervisor}" running: it ended more than ${maxRestarts} times in ${periodMs} ms`,
  ENDED_UNASKED: ({ name }) => `Cannot go on: "${name}" ended without being asked to`,
  APPLICATION_DUPLICATE: ({ application }) =>
    `Cannot start: two applications are named "${application}"`,
  APPLICATION_CYCLE: ({ path }) =>
    `Cannot start: applications depend on each other in a circle: ${path.join(" -> ")}`,
  APPLICATION_DEPENDENCY: ({ application, dependency, mode }) =>
    `Cannot start: application "${application}" needs "${dependency}", whose mode is ${mode}; start both or neither`,
  APPLICATION_FAILED: ({ application }) => `Cannot start application "${application}"`,
  STOP_FAILED: ({ failures }) =>
    `Cannot stop in order: ${failures.map(({ name, how }) => `${name} ${how}`).join("; ")}`,
  APPLICATION_NOT_RUNNING: ({ application }) =>
    `Cannot use application "${application}": it is not running`,
  ENVIRONMENT_UNKNOWN: ({ name, known }) =>
    `Cannot put ${name}: there is no such one; there are ${known.join(", ")}`,
  ENVIRONMENT_FIXED: ({ key }) => `Cannot put ${key}: it was fixed when the system was built`,
  ENVIRONMENT_START_ONLY: ({ key }) =>
    `Cannot put ${key}: it is read at the start only; set it in config/runtime.ts and restart`,
  ENVIRONMENT_REFUSED: ({ key, reason }) => `Cannot put ${key}: ${reason}`,
  TLS_UNUSABLE: ({ application, problems }) =>
    `Cannot use TLS: ${problems.map(({ key, expected }) => `${application}.${key}: ${expected}`).join("; ")}`,
  CONTROL_DIRECTORY: ({ path, reason, wayOut }) =>
    `Cannot use "${path}" for control sockets: ${reason}; ${wayOut}`,
  CONTROL_COOKIE: ({ path, reason, wayOut }) =>
    `Cannot use the cookie in "${path}": ${reason}; ${wayOut}`,
  CONTROL_IN_USE: ({ node, path }) =>
    `Cannot open the control socket of node "${node}": a node of that name answers at "${path}"; stop that one or choose another name`,
  CONTROL_NO_NODE: ({ node, path }) =>
    `Cannot reach node "${node}": it does not run here (nothing answers at "${path}")`,
  CONTROL_WRONG_COOKIE: ({ node }) =>
    `Cannot talk to node "${node}": its cookie is another one; set RELEASE_COOKIE to the cookie that it was started with`,
  CONTROL_REFUSED: ({ node, reason }) => `Cannot talk to node "${node}": ${reason}`,
  CONTROL_PROTOCOL: ({ reason }) => `Cannot understand the other end: ${reason}`,
  CONTROL_GONE: ({ reason }) => `Cannot go on with a control connection: ${reason}`,
  CONTROL_LOST: ({ node, command }) =>
    `Cannot finish "${command}": the connection to node "${node}" was lost`,
  COMMAND_USAGE: ({ command, reason }) => `Cannot run "${command}": ${reason}`,
  COMMAND_FAILED: ({ action, reason }) => `Cannot ${action}: ${reason}`,
  COMMAND_REMOTE: ({ message }) => message,
};

/** A failure to start or to keep running. Its message is for an operator: the thing, the reason, the way out. */
export class ApplicationError<
  Code extends ApplicationErrorCode = ApplicationErrorCode,
> extends Error {
  override readonly name = "ApplicationError";
  /** Somebody outside the program can mend this: it is shown as its message, without a stack. */
  readonly kind = "operating-failure";
  readonly code: Code;
  readonly details: ApplicationFailures[Code];

  constructor(code: Code, details: ApplicationFailures[Code], options?: ErrorOptions) {
    super(MESSAGES[code](details), options);
    this.code = code;
    this.details = details;
  }
}

/** Narrows `error` to the failure `code`, giving typed `details`. */
export function isApplicationError<Code extends ApplicationErrorCode>(
  error: unknown,
  code: Code,
): error is ApplicationError<Code> {
  return error instanceof ApplicationError && error.code === code;
}
