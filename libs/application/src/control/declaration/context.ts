import type { LiveSystem } from "../../system/live-system.ts";
import type { Invocation } from "./invocation.ts";

/** What every command is given, wherever it runs. */
interface CommandContext extends Invocation {
  /**
   * Hands out one item before the result: a line for people, JSON on a line with `--json`. Resolves when there is room
   * for more: a command that waits for it never runs ahead of its reader. Rejects when nobody reads any more.
   */
  readonly print: (item: unknown) => Promise<void>;
  /** How far it has come, in a few words. Shown on a terminal only, and when the command lasts; costs little. */
  readonly progress: (text: string) => void;
  /** Aborted when nobody waits for the command any more: ctrl-C, the operator's end is gone, or the node is stopping. */
  readonly signal: AbortSignal;
}

/** The node that a command runs in. */
export interface NodeFacts {
  /** As its control socket is named. */
  readonly name: string;
  readonly version: string;
  readonly pid: number;
  /** Since the process began, in milliseconds. */
  readonly uptimeMs: number;
}

/** What a command inside a live node is given. */
export interface NodeContext<Api> extends CommandContext {
  /** The API of the application that declares the command. */
  readonly api: Api;
  /** All applications: their APIs by `api(application)`, `getEnv`, `putEnv`, `entries`. */
  readonly system: LiveSystem;
  readonly node: NodeFacts;
  /** What `beside` handed over with the call, as JSON has it: to be judged like anything that comes from outside. */
  readonly parameters: unknown;
  /** Bytes from `beside`, read only as fast as the command takes them. To be iterated once. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Sends bytes to `beside`; resolves and rejects as `print` does. The array must not change until then. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
}

/** A call of the node's part of a command. */
export interface NodeCall {
  /** What JSON can hold. */
  readonly parameters?: unknown;
  /** Bytes for the node's `input`: read only as fast as the node takes them, and not to its end when the node is done. */
  readonly input?: AsyncIterable<Uint8Array> | undefined;
  /** Takes what the node prints; the operator sees it by default. Items and bytes come in the order they were sent. */
  readonly onItem?: ((item: unknown) => Promise<void> | void) | undefined;
  /** Takes the bytes that the node sends. No more come until it has resolved. */
  readonly onBytes?: ((bytes: Uint8Array) => Promise<void> | void) | undefined;
}

/** What the operator's part of a command is given. */
export interface OperatorContext extends CommandContext {
  /** Runs the node's part with the arguments and options that the operator typed; answers with its result. */
  readonly call: (call?: NodeCall) => Promise<unknown>;
  readonly streams: OperatorStreams;
}

/** What a command that needs no node is given. */
export interface StandaloneContext extends CommandContext {
  readonly streams: OperatorStreams;
}

/** Standard input and output, for commands that hand bytes through. */
export interface OperatorStreams {
  readonly input: AsyncIterable<Uint8Array>;
  /** Resolves when there is room for more; rejects when nobody reads any more. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** The same for standard error. */
  readonly writeError: (bytes: Uint8Array) => Promise<void>;
}
