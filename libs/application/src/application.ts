import type { Child } from "./child.ts";
import type { CommandDeclaration } from "./control/declaration/command.ts";
import type { EnvironmentDeclaration, EnvironmentValues } from "./environment.ts";
import type { ShellEntries } from "./shell/shell-entry.ts";
import type { LiveSystem, StatusSection } from "./system/live-system.ts";

/** A running application: a child with something to offer to the applications that depend on it. */
export interface RunningApplication<Api> extends Child {
  readonly api: Api;
  /** What the command `status` shows of it. Asked at any time while it runs: to be answered at once. */
  readonly status?: (() => StatusSection) | undefined;
  /**
   * Reads anew what it has read from files when it started: certificates. Rejects with an operating failure when they
   * cannot be used; what it had before then still holds. Never called while a call of it has not settled.
   */
  readonly reload?: (() => Promise<void>) | undefined;
}

/** What an application is given when it starts. */
export interface ApplicationContext<Declaration extends EnvironmentDeclaration> {
  /** The application's own environment, live: a put shows at the next read. */
  readonly environment: EnvironmentValues<Declaration>;
  /** The API of an application named in `dependencies`, which has started before this one. */
  use<Needed extends EnvironmentDeclaration, Api>(application: Application<Needed, Api>): Api;
  /**
   * The system that it is a part of, for an application that looks after all others, and for what all of a node share (see
   * `cookieOfSystem`); the rest use `use`.
   */
  readonly system: LiveSystem;
  /** Aborted when the start is to be given up; never afterwards. */
  readonly signal: AbortSignal;
}

/** A part of a system with a start, a stop and an environment; the unit a release chooses from. */
export interface Application<Declaration extends EnvironmentDeclaration, Api> {
  /** As in configuration files: `kv`, `kv-server`. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** Applications that must run before this one starts, and until it has stopped. */
  readonly dependencies: readonly AnyApplication[];
  readonly environment: Declaration;
  /** Names of the diagnostics channels whose events are logged where it is part of a system. */
  readonly channels?: readonly string[] | undefined;
  /** Only of the application that says what the node is called: the key of its environment, and how that is read. */
  readonly nodeName?: NodeNameKey | undefined;
  /** How long it may take to stop, in milliseconds: 30,000 by default. Then it is given up. */
  readonly shutdownMs?: number | undefined;
  /**
   * Rules that concern several keys at once: one sentence for each that is broken, naming the way out.
   * Asked at boot, before anything starts, and at every put.
   */
  readonly check?: (values: EnvironmentValues<Declaration>) => readonly EnvironmentProblem[];
  /**
   * What can only be judged where the application is to run: files that are named in its environment. One sentence for each
   * that cannot be used. Asked once, before anything of the system starts, and not by those who only read the configuration.
   */
  readonly inspect?: (
    values: EnvironmentValues<Declaration>,
  ) => Promise<readonly EnvironmentProblem[]>;
  /** What an operator can do with it: `npm run kv -- COMMAND`. */
  readonly commands?: readonly CommandDeclaration<Api>[] | undefined;
  /** Names for operators who type code on a node where it runs: `rpc`, `remote`. */
  readonly shell?: ((api: Api) => ShellEntries) | undefined;
  readonly start: (context: ApplicationContext<Declaration>) => Promise<RunningApplication<Api>>;
}

/** Where an application's environment names the node. */
export interface NodeNameKey {
  readonly key: string;
  /** What a node that is written so goes by among the nodes of this host; `undefined` when `text` names none. */
  readonly nameOf: (text: string) => string | undefined;
}

/** What is wrong with the value of one key: it is printed as `APPLICATION.KEY: expected …`. */
export interface EnvironmentProblem {
  readonly key: string;
  /** For instance `expected a node name, got "a@b@c"`. Holds no secret. */
  readonly expected: string;
}

/** An application of whatever environment and API. */
// oxlint-disable-next-line typescript/no-explicit-any -- an application of whatever environment and API
export type AnyApplication = Application<any, any>;

/**
 * What the end of an application means for the system: *permanent* takes it down, *transient* only when it
 * failed, *temporary* never. *load* validates its environment and does not start it; *none* leaves it out.
 */
export type ApplicationMode = "permanent" | "transient" | "temporary" | "load" | "none";
