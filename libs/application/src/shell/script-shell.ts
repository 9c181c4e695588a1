import { linesOf } from "./lines-of.ts";
import type { ShellLink } from "./shell-link.ts";

/** Where a shell without a terminal reads and writes. */
export interface ScriptStreams {
  readonly input: AsyncIterable<Uint8Array>;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly writeError: (bytes: Uint8Array) => Promise<void>;
}

/**
 * Runs the lines of `input` on the node, one after the other, those that are unfinished together with the next; prints what each comes
 * to. Resolves with whether all went well: it ends with the first that did not.
 */
export async function runScriptShell(
  { input, write, writeError }: ScriptStreams,
  link: ShellLink,
): Promise<boolean> {
  let last: Promise<void> = Promise.resolve();
  link.onSaid = ({ stream, text }) => {
    last = last.then(() => (stream === "stdout" ? write : writeError)(Buffer.from(text)));
    last.catch(() => {});
  };
  let code = "";
  let unfinished = "";
  for await (const line of linesOf(input)) {
    code += `${line}\n`;
    if (code.trim() === "") continue;
    const { outcome, text } = await link.evaluate({ code, width: 80, colors: false });
    await last;
    unfinished = outcome === "unfinished" ? text : "";
    if (outcome === "unfinished") continue;
    code = "";
    await (outcome === "value" ? write : writeError)(Buffer.from(`${text}\n`));
    if (outcome === "failure") return false;
  }
  if (unfinished !== "") await writeError(Buffer.from(`${unfinished}\n`));
  return unfinished === "";
}
