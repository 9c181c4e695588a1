import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ReleaseError } from "../errors.ts";
import { hasCode } from "./has-code.ts";
import { builtInTemplate, TEMPLATE_NAMES } from "./template.ts";

/** Where a project has its templates, unless `templates` of a release says otherwise. */
const TEMPLATE_FOLDER = "rel";

/** What {@link initTemplates} is given. */
export interface InitOptions {
  /** Folder of the project. */
  readonly root: string;
  /** Overwrites what was changed without asking. */
  readonly force: boolean;
  /** Asks a person a question that is answered by yes or no; `undefined` where there is no terminal. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
  /** Tells the person what was done, as one line. */
  readonly say: (line: string) => void;
}

/**
 * Writes the built-in templates to `rel/`, where a release takes them from, and tells of each file. One that is as it would be written
 * is left alone; one that somebody has changed is overwritten with `force`, or when the person says yes. Throws
 * `RELEASE_REFUSED`, before anything is written, when there is such a one and nobody to be asked.
 */
export async function initTemplates({ root, force, ask, say }: InitOptions): Promise<void> {
  const drafts = await Promise.all(TEMPLATE_NAMES.map((name) => draftOf(root, name)));
  const changed = drafts.filter(({ state }) => state === "changed").map(({ file }) => file);
  if (changed.length > 0 && !force && ask === undefined) {
    const which = `${changed.join(", ")} ${changed.length === 1 ? "is" : "are"}`;
    const problem = `${which} not as it would be written; nothing was written: --force overwrites (with npm: -- --force), or move what is there away`;
    throw new ReleaseError("RELEASE_REFUSED", { problem });
  }
  await mkdir(join(root, TEMPLATE_FOLDER), { recursive: true });
  for (const { file, text, state } of drafts) {
    if (state === "same") {
      say(`${file} is there already`);
      continue;
    }
    const isWanted =
      state === "missing" || force || (await ask?.(`${file} was changed. Overwrite it?`)) === true;
    if (!isWanted) {
      say(`leaving ${file} as it is`);
      continue;
    }
    say(`${state === "missing" ? "creating" : "overwriting"} ${file}`);
    await writeFile(join(root, file), text);
  }
}

interface Draft {
  /** Relative to the project. */
  readonly file: string;
  readonly text: string;
  readonly state: "missing" | "same" | "changed";
}

async function draftOf(root: string, name: (typeof TEMPLATE_NAMES)[number]): Promise<Draft> {
  const file = `${TEMPLATE_FOLDER}/${name}`;
  const { text } = await builtInTemplate(name);
  try {
    // A checkout on Windows may have other line ends.
    const there = (await readFile(join(root, file), "utf8")).replaceAll("\r\n", "\n");
    return { file, text, state: there === text ? "same" : "changed" };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { file, text, state: "missing" };
    throw error;
  }
}
