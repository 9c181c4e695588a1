import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasCode } from "./has-code.ts";
import { ReleaseError } from "../errors.ts";

/** The templates of a release that a project may have as its own, by their names in the folder `rel`. */
export const TEMPLATE_NAMES = ["env.sh", "env.bat", "vm.args", "remote.vm.args"] as const;

/** The name of a template. */
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** What stands for `{{name}}` and the others. */
export type TemplateValues = Readonly<Record<string, string>>;

/** A template, and where it is, for what is to be said about it. */
export interface Template {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
}

const BUILT_IN = new URL("templates/", import.meta.url);

/** The built-in template. */
export async function builtInTemplate(name: TemplateName): Promise<Template> {
  const file = new URL(name, BUILT_IN);
  return { file: fileURLToPath(file), text: await readFile(file, "utf8") };
}

/** The template in `folder`, or the built-in one where it has none. */
export async function findTemplate(folder: string, name: TemplateName): Promise<Template> {
  const file = join(folder, name);
  try {
    return { file, text: await readFile(file, "utf8") };
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return await builtInTemplate(name);
    throw error;
  }
}

/**
 * The text with every `{{word}}` replaced by the value of that name, and CR LF as LF. Throws `RELEASE_REFUSED` with the file and
 * the line of a word that has no value.
 */
export function fillTemplate({ file, text }: Template, values: TemplateValues): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const filled = lines.map((line, index) =>
    line.replaceAll(/\{\{([^{}]*)\}\}/gu, (placeholder, word: string) => {
      const value = Object.hasOwn(values, word.trim()) ? values[word.trim()] : undefined;
      if (value !== undefined) return value;
      const known = Object.keys(values).map((name) => `{{${name}}}`);
      const problem = `${file}:${index + 1}: there is no ${placeholder}; there are ${known.join(", ")}`;
      throw new ReleaseError("RELEASE_REFUSED", { problem });
    }),
  );
  return filled.join("\n");
}
