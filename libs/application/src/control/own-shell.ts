import type { HostProcess } from "../boundary/host-process.ts";
import type { Evaluations } from "../shell/evaluations.ts";
import type { ShellAnswer } from "../shell/remote-messages.ts";
import { runScriptShell } from "../shell/script-shell.ts";
import { serveShell } from "../shell/serve-shell.ts";
import { SharedTerminal } from "../shell/shared-terminal.ts";
import { ShellLink } from "../shell/shell-link.ts";
import { isTerminal, runTerminalShell } from "../shell/terminal-shell.ts";
import type { System } from "../system/system.ts";
import { factsOf } from "./node-facts.ts";
import { type NodeNaming, nodeNameIn } from "./node-naming.ts";
import { promptIn } from "./shell-prompt.ts";

/** What a node's own shell needs to know. */
export interface OwnShellOptions {
  readonly naming: NodeNaming;
  /** Of the program. */
  readonly version: string;
  /** Shared with the node's control socket. */
  readonly evaluations: Evaluations;
  readonly process: NodeJS.Process;
}

/** The events of a process that are listened to, and what else happens to it. */
type Listener = Parameters<HostProcess["on"]>;

/** A shell in the process of the node itself: on its terminal, or for the lines of its input where there is none. */
export class OwnShell {
  /** For the node's log: what is written there stands above the prompt. */
  readonly outputs: Pick<HostProcess, "stdout" | "stderr">;
  /** The process, with those outputs. */
  readonly host: HostProcess;
  readonly #options: OwnShellOptions;
  readonly #terminal: SharedTerminal;

  constructor(options: OwnShellOptions) {
    this.#options = options;
    this.#terminal = new SharedTerminal(options.process);
    this.outputs = this.#terminal;
    const { process: host } = options;
    this.host = {
      on: (...[event, listener]: Listener) => host.on(event, listener),
      off: (...[event, listener]: Listener) => host.off(event, listener),
      exit: (code) => host.exit(code),
      stdin: host.stdin,
      stdout: this.outputs.stdout,
      stderr: this.outputs.stderr,
    };
  }

  /**
   * Resolves when it was left, or the input of a script has ended: with whether all lines of the script came to a value; that ends with the first
   * that does not. Once `signal` is aborted nobody is asked any more.
   */
  async run(system: System, signal: AbortSignal): Promise<boolean> {
    const { naming, version, evaluations, process: host } = this.#options;
    const link = new ShellLink();
    const answer = (item: ShellAnswer): void => link.take(item);
    const node = factsOf(nodeNameIn(naming, system), version);
    const prompt = promptIn(system, node.name);
    using session = evaluations.open({
      system,
      node,
      say: (stream, text) => answer({ type: "said", stream, text }),
    });
    const serving = serveShell({ session, input: link.input(), answer, signal, prompt });
    const onAbort = (): void => {
      link.fail(signal.reason);
      // A script that waits for its next line.
      host.stdin.destroy();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      if (!signal.aborted) return await this.#converse(link, prompt);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
      link.end();
      await serving;
    }
    return true;
  }

  async #converse(link: ShellLink, prompt: string): Promise<boolean> {
    const host = this.#options.process;
    if (!isTerminal(host)) {
      return await runScriptShell(
        { input: host.stdin, write: writing(host.stdout), writeError: writing(host.stderr) },
        link,
      );
    }
    const hint = "ctrl-D leaves, and stops the node";
    host.stdout.write(`A shell in the node itself: help() lists what there is; ${hint}.\n`);
    await runTerminalShell(host, { link, prompt, hint, shared: this.#terminal });
    return true;
  }
}

function writing(stream: NodeJS.WritableStream): (bytes: Uint8Array) => Promise<void> {
  return async (bytes) => {
    await new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  };
}
