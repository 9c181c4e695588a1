import { readFile, writeFile } from "node:fs/promises";

const RESULTS = /(?<=<!-- results -->\n)[^]*(?=<!-- \/results -->)/u;

/** Puts `markdown` in place of the results that `file` holds. */
export async function writeResults(file: URL, markdown: string): Promise<void> {
  const text = await readFile(file, "utf8");
  if (!RESULTS.test(text)) throw new Error("bench/README.md has no place for results");
  await writeFile(
    file,
    text.replace(RESULTS, () => `\n${markdown}\n\n`),
  );
}
