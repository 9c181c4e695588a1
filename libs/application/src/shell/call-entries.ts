import type { ShellEntries } from "./shell-entry.ts";

/** What one call brings along: words as data, and standard input. */
export function callEntries(
  args: readonly string[],
  input: AsyncIterable<Uint8Array>,
): ShellEntries {
  const stdin = {
    [Symbol.asyncIterator]: () => input[Symbol.asyncIterator](),
    async text(): Promise<string> {
      const parts: Uint8Array[] = [];
      for await (const part of input) parts.push(Buffer.from(part));
      return Buffer.concat(parts).toString();
    },
  };
  return {
    args: { value: args, doc: "The words behind the expression." },
    stdin: {
      value: stdin,
      doc: "What the command reads: for await (const bytes of stdin), or await stdin.text().",
    },
  };
}
