import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolders } from "./package-folders.ts";

/** Where somebody who was given a release finds whose code is in it. */
export const LICENSES_FILE = "LICENSES";

/** What a package's license is written in. */
const licenseFile = /^licen[cs]e(?:[.-].*)?$/iu;

/**
 * The licenses of the packages that `modules`, paths of files, belong to, as one text: most of them ask to be handed on with the
 * code. In alphabetical order; empty when there are none.
 */
export async function collectLicenses(modules: readonly string[]): Promise<string> {
  const texts = await Promise.all(packageFolders(modules).map(licenseOf));
  return [...new Set(texts)].toSorted().join("\n");
}

async function licenseOf(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const { name, version, license } = { name: "", version: "", license: "", ...Object(manifest) };
  const files = (await readdir(folder)).filter((file) => licenseFile.test(file)).toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const headline = `${name} ${version} (${license})`;
  const text = texts.map((each) => each.replaceAll("\r\n", "\n").trim()).join("\n\n");
  return `${headline}\n${"=".repeat(headline.length)}\n\n${text}\n`;
}
