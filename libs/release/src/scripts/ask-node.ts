import { execFile } from "node:child_process";

/** What a Node says of flags. */
export type FlagVerdict =
  | { readonly type: "known" }
  /** `reason` is Node's, on one line, without a period. */
  | { readonly type: "refused"; readonly reason: string }
  /** One of the words is no flag, nor the value of one: Node would take it for its program. */
  | { readonly type: "program" };

/** No Node has it: that Node complains of it shows that it has read everything before it. */
const END = "--no-such-flag-of-node";

/** Node's and V8's flags are judged before anything runs. */
const TIMEOUT_MS = 10_000;

/**
 * Has the Node at `node` judge `words`, in some milliseconds: with `--version` before them it prints that and runs nothing, whatever
 * they say. Rejects when there is no such program.
 */
export async function askNode(node: string, words: readonly string[]): Promise<FlagVerdict> {
  const said = await complaints(node, ["--version", ...words, END]);
  const others = said.filter((line) => !line.endsWith(`bad option: ${END}`));
  if (others.length < said.length && others.length === 0) return { type: "known" };
  if (others.length === 0) return { type: "program" };
  // V8 explains in two lines what Node calls a bad option then, and names every flag of Node's own beside it.
  const [first = ""] = others;
  return { type: "refused", reason: first.replace(/^(?:node|Error|[^ ]*node(?:\.exe)?): /u, "") };
}

async function complaints(node: string, words: readonly string[]): Promise<readonly string[]> {
  return await new Promise((resolve, reject) => {
    // What the caller's own NODE_OPTIONS say is not what is asked.
    const options = { env: {}, timeout: TIMEOUT_MS };
    execFile(node, words, options, (error, _, stderr) => {
      if (error !== null && typeof error.code === "string") {
        reject(error);
        return;
      }
      const lines = stderr.split("\n").map((line) => line.trim().replace(/\.$/u, ""));
      resolve(lines.filter((line) => line !== ""));
    });
  });
}
