import type { Arguments } from "./arguments.ts";

/** How much of what a client sent is repeated to it: of the command's name, and of its arguments, in bytes. */
const repeatedBytes = 128;

/** For options that nobody understands, or that do not go together. */
export const syntaxError = "ERR syntax error";

/** For a word that must be a whole number of 64 bits. */
export const notAnIntegerError = "ERR value is not an integer or out of range";

/** For a command that there is not, in the words that clients take apart. */
export function unknownCommandError(words: Arguments): string {
  let repeated = "";
  for (let index = 1; index < words.count && repeated.length < repeatedBytes; index++) {
    repeated += `'${beginning(words, index, repeatedBytes - repeated.length)}' `;
  }
  const name = beginning(words, 0, repeatedBytes);
  return `ERR unknown command '${name}', with args beginning with: ${repeated}`;
}

/** For a command with too few words or too many. `name` is that of its row, or `config|get` for a part of one. */
export function wrongNumberError(name: string): string {
  return `ERR wrong number of arguments for '${name.toLowerCase()}' command`;
}

/** For `CLIENT FOO`, of which `words` are all. */
export function unknownSubcommandError(words: Arguments, command: string): string {
  const name = beginning(words, 1, repeatedBytes);
  return `ERR unknown subcommand '${name}'. Try ${command} HELP.`;
}

/** The beginning of a word, up to a NUL: one may be megabytes long. */
function beginning(words: Arguments, index: number, limit: number): string {
  const { buffer, byteOffset, length } = words.bytes(index);
  const text = Buffer.from(buffer, byteOffset, Math.min(length, limit)).toString("latin1");
  const nul = text.indexOf("\0");
  return nul === -1 ? text : text.slice(0, nul);
}
