import type { Evaluations } from "../../shell/evaluations.ts";
import type { ShellAnswer } from "../../shell/remote-messages.ts";
import { promptIn } from "../shell-prompt.ts";
import { runScriptShell } from "../../shell/script-shell.ts";
import { serveShell } from "../../shell/serve-shell.ts";
import { ShellLink } from "../../shell/shell-link.ts";
import { isTerminal, runTerminalShell } from "../../shell/terminal-shell.ts";
import type { NodeCommand } from "../declaration/command.ts";

/** How it went. */
export interface RemoteResult {
  /** Whether all lines of a script came to a value. */
  readonly ok: boolean;
}

/** `remote`: a shell on the live node. */
export function createRemoteCommand(
  evaluations: Evaluations,
): NodeCommand<undefined, RemoteResult, never> {
  return {
    name: "remote",
    summary: "A shell on the node: what is typed is evaluated there",
    description:
      "JavaScript with top-level await; help() lists what there is. The node lives on when the shell is left, by ctrl-D. ctrl-C clears the line, or gives up what is being evaluated.\nWithout a terminal it runs the lines of its input on the node, and ends with the first that fails: exit code 1.",
    where: "node",
    level: "info",
    async run({ system, node, input, print, signal }) {
      let last: Promise<void> = Promise.resolve();
      const answer = (item: ShellAnswer): void => {
        last = last.then(() => print(item));
        last.catch(() => {});
      };
      using session = evaluations.open({
        system,
        node,
        say: (stream, text) => answer({ type: "said", stream, text }),
      });
      // A node that stops waits for nobody who types.
      await Promise.race([
        serveShell({ session, input, answer, signal, prompt: promptIn(system, node.name) }),
        abortion(signal),
      ]);
      await last;
      return { ok: true };
    },
    async beside({ call, streams }) {
      const link = new ShellLink();
      const serving = call({ input: link.input(), onItem: (item) => link.take(item) });
      serving.catch((error: unknown) => link.fail(error));
      let ok = true;
      try {
        // Nobody gets a prompt before the node has answered.
        const { prompt } = await link.greet();
        const hint = "ctrl-D leaves; the node goes on";
        if (isTerminal(process)) await runTerminalShell(process, { link, prompt, hint });
        else ok = await runScriptShell(streams, link);
      } finally {
        link.end();
      }
      await serving;
      return { ok };
    },
    exitCode: ({ ok }) => (ok ? 0 : 1),
  };
}

/** Rejects when `signal` is aborted. */
function abortion(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  return promise;
}
