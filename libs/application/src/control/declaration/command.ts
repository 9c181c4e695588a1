import type { Configuration } from "../../configuration/configuration.ts";
import type { Invocation } from "./invocation.ts";
import type { NodeContext, OperatorContext, StandaloneContext } from "./context.ts";

/** A word that stands behind a command's name. Those that may be left out come last. */
export interface ArgumentDeclaration {
  /** As the help shows it: `bucket`. */
  readonly name: string;
  readonly description: string;
  /** It may be left out. */
  readonly optional?: boolean | undefined;
  /** It takes all words that are left: the last argument only. */
  readonly variadic?: boolean | undefined;
}

/** An option, written `--name` (boolean) or `--name VALUE`. `json`, `node`, `config` and `help` are taken. */
export interface OptionDeclaration {
  /** Without the dashes: letters, digits and single dashes. */
  readonly name: string;
  readonly type: "boolean" | "string" | "integer";
  readonly description: string;
  readonly default?: boolean | string | number | undefined;
}

/** What every command says about itself: enough for its help, and to judge what somebody typed. */
export interface CommandFace {
  /** One word or two: `status`, `env get`. */
  readonly name: string;
  /** One sentence, without a period. */
  readonly summary: string;
  /** What else the help says, in whole lines. */
  readonly description?: string | undefined;
  readonly arguments?: readonly ArgumentDeclaration[] | undefined;
  readonly options?: readonly OptionDeclaration[] | undefined;
  /** Its options stand before its first argument: whatever is behind that is data, whatever it looks like. */
  readonly optionsFirst?: boolean | undefined;
}

/**
 * How results reach a person and a script. All three run beside the operator, on what came over the wire as JSON, and are
 * told what he typed.
 */
interface CommandForms<Result, Item> {
  /** The result for people: lines without the last line feed. By default nothing. `--json` prints the result itself. */
  format?(result: Result, typed: Invocation): string;
  /** An item that was printed on the way, for people. A text is shown as it is by default, the rest as JSON. */
  formatItem?(item: Item, typed: Invocation): string;
  /** 0 by default: what a script is told of a result that is no failure, such as the damage that a check found. */
  exitCode?(result: Result): number;
}

/**
 * A command that runs inside a live node, reached through its control socket.
 *
 * `Api` is that of the application that declares it. Results and items have to be what JSON can hold. What `run` throws
 * with `kind: "operating-failure"` is told to the operator in one line, exit code 1; anything else is a bug, of which
 * the node's log has the stack. The node serves on after either.
 */
export interface NodeCommand<Api, Result, Item> extends CommandFace, CommandForms<Result, Item> {
  readonly where: "node";
  /** At which level the node's log names a run, never its arguments: `debug` by default; `info` is for what changes something. */
  readonly level?: "debug" | "info" | undefined;
  run(context: NodeContext<Api>): Promise<Result> | Result;
  /**
   * The part that runs beside the operator, for a command that touches the operator's files: it calls the node's part,
   * once or several times, and answers with the result. By default the node's part is called as the operator typed it.
   */
  beside?(context: OperatorContext): Promise<Result>;
  /**
   * What it answers when no node runs, in a program that has `isNodeOptional`: from what the next start would be configured
   * with. By default there is no such answer, and the command fails.
   */
  withoutNode?(configuration: Configuration): Result;
}

/** A command that runs by itself, without a node and without a configuration. */
export interface StandaloneCommand<Result, Item> extends CommandFace, CommandForms<Result, Item> {
  readonly where: "standalone";
  run(context: StandaloneContext): Promise<Result> | Result;
}

/** What an application whose API is `Api` may declare. */
export type CommandDeclaration<Api> =
  // oxlint-disable-next-line typescript/no-explicit-any -- a command of whatever result and items
  NodeCommand<Api, any, any> | StandaloneCommand<any, any>;

/** A command of whatever application. */
// oxlint-disable-next-line typescript/no-explicit-any -- a command of whatever application
export type AnyCommand = CommandDeclaration<any>;
