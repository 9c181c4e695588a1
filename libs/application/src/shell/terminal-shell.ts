import { once } from "node:events";
import { homedir } from "node:os";
import { join } from "node:path";
import { Recoverable, type REPLServer, start } from "node:repl";
import type { ReadStream, WriteStream } from "node:tty";
import { callbackify } from "node:util";
import { SharedTerminal } from "./shared-terminal.ts";
import type { ShellLink } from "./shell-link.ts";

/** A person's terminal. */
export interface Terminal {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly stderr: WriteStream;
}

/** What is shown of a value. */
interface Shown {
  readonly text: string;
}

/** What a terminal's shell is opened with. */
export interface TerminalShell {
  readonly link: ShellLink;
  /** Has `%n` where the number of the line belongs. */
  readonly prompt: string;
  /** What is said to who types ctrl-C where there is nothing to clear: how to leave. */
  readonly hint: string;
  /** Where others write, too. */
  readonly shared?: SharedTerminal | undefined;
}

/** Where the lines are kept that were typed; mode 0600. */
const HISTORY = ".kv_history";

/**
 * A shell on a terminal: Node's own line editor, history and completion, with everything evaluated by `link`. Resolves when the person leaves, by
 * ctrl-D or `.exit`; ctrl-C clears the line, or gives up what is being evaluated.
 */
export async function runTerminalShell(
  { stdin, stdout, stderr }: Terminal,
  { link, prompt, hint, shared }: TerminalShell,
): Promise<void> {
  let number = 1;
  const nextPrompt = (): string => prompt.replaceAll("%n", String(number));
  const terminal = shared ?? new SharedTerminal({ stdout, stderr });
  link.onSaid = ({ stream, text }) => terminal[stream].write(text);
  const colors = stdout.hasColors();
  const evaluate = async (code: string): Promise<Shown> => {
    const width = stdout.columns > 0 ? stdout.columns : 80;
    const { outcome, text } = await link.evaluate({ code, width, colors });
    if (outcome === "unfinished") throw new Recoverable(new SyntaxError(text));
    number += 1;
    shell.setPrompt(nextPrompt());
    return { text };
  };
  const shell = start({
    input: stdin,
    output: stdout,
    prompt: nextPrompt(),
    terminal: true,
    useColors: colors,
    preview: false,
    ignoreUndefined: false,
    writer: (shown: Shown | undefined) => shown?.text ?? "",
    completer: (line: string, done: CompleterDone) => {
      callbackify(completionsOf)(link, line, done);
    },
    eval: (...[code, , , done]) => {
      if (code.trim() === "") return shell.displayPrompt();
      terminal.waiting = undefined;
      callbackify(evaluate)(code, (failure, shown) => {
        done(failure, shown);
        terminal.waiting = shell;
      });
    },
  });
  terminal.waiting = shell;
  takeInterrupts(shell, link, hint);
  // Why is said by whoever has opened the link.
  link.onFailure = () => shell.close();
  // A shell without a history is a shell.
  shell.setupHistory(join(homedir(), HISTORY), () => {});
  await once(shell, "exit");
  terminal.waiting = undefined;
}

type CompleterDone = (error: Error | null, result: [string[], string]) => void;

/** Without an answer there is nothing to choose from. */
async function completionsOf(link: ShellLink, line: string): Promise<[string[], string]> {
  try {
    const { names, part } = await link.complete(line);
    return [names, part];
  } catch {
    return [[], ""];
  }
}

/** ctrl-C never leaves: who types it twice would be gone. */
function takeInterrupts(shell: REPLServer, link: ShellLink, hint: string): void {
  shell.removeAllListeners("SIGINT");
  shell.on("SIGINT", () => {
    if (link.interrupt()) return;
    shell.output.write(shell.line === "" ? `\n(${hint})\n` : "\n");
    shell.clearBufferedCommand();
    // What was typed of the line is forgotten: both sides of the cursor.
    shell.write(null, { ctrl: true, name: "e" });
    shell.write(null, { ctrl: true, name: "u" });
    shell.displayPrompt();
  });
}

/** Whether a person sits at both ends. */
export function isTerminal(host: {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: { readonly isTTY?: boolean };
}): boolean {
  return host.stdin.isTTY === true && host.stdout.isTTY === true;
}
