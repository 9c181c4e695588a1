import { isAbsolute, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** The first thing that went wrong, and where, as one line: without the picture of it that the bundler draws. */
export function bundlerReason(error: unknown, root: string): string {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
  const lines = text.split("\n").map((line) => line.trim());
  const told = lines.find((line) => /^(?:Error: )?\[[A-Z_]+\]/u.test(line)) ?? lines[0] ?? "";
  const reason = told.replace(/^(?:Error: )?\[[A-Z_]+\] (?:Error: )?/u, "");
  // What the picture is of: a file, a line, a column.
  const place = /[╭┌]─+\[ ?(.+?):(\d+):\d+ ?\]/u.exec(text);
  if (place === null) return reason.replaceAll(`${root}/`, "");
  const [, file = "", line] = place;
  const name = isAbsolute(file) ? relative(root, file) : file;
  return `${name}:${line}: ${reason}`.replaceAll(`${root}/`, "");
}
