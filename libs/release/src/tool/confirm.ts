import { createInterface } from "node:readline/promises";

/** Where a person is asked. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
}

/**
 * Asks a question on a terminal. Nothing but yes is yes; ctrl-D and the end of the terminal are no. Ctrl-C, which is no signal while
 * somebody is asked, aborts `interruption` with `"SIGINT"`; whenever that is aborted, this rejects.
 */
export async function confirm(
  question: string,
  { stdin, stdout }: Terminal,
  interruption: AbortController,
): Promise<boolean> {
  const { signal } = interruption;
  const lines = createInterface({ input: stdin, output: stdout });
  lines.once("SIGINT", () => interruption.abort("SIGINT"));
  const left = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
  const asked = lines.question(`${question} [y/N] `, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    // Node says so of ctrl-D.
    if (error instanceof Error && error.name === "AbortError") return undefined;
    throw error;
  });
  const answer = await Promise.race([asked, left]).finally(() => lines.close());
  // What comes next is no part of the line that was asked.
  if (answer === undefined) stdout.write("\n");
  return answer !== undefined && /^y(?:es)?$/iu.test(answer.trim());
}
