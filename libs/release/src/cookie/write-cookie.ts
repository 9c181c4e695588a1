import { randomBytes, randomUUID } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Assembly } from "../assemble/assembly.ts";
import { layout } from "../layout.ts";
import type { Project } from "../project/project.ts";
import type { Release } from "../release.ts";

/** What is made for one project, and not for git. */
const BUILD_FOLDER = "_build";

/** Of random ones: 256 bits. */
const COOKIE_BYTES = 32;

/**
 * Writes the cookie that nodes of this release have unless `RELEASE_COOKIE` says otherwise: the configured one, or one that all
 * releases of the project share, made with the first of them. Mode 0600, and told nobody.
 */
export async function writeCookie(release: Release, { say }: Assembly): Promise<void> {
  const { project, options, path } = release;
  const cookie = options.cookie ?? (await projectCookie(project));
  const file = join(path, layout.cookie);
  const before = await readFile(file, "utf8").catch(() => undefined);
  if (before !== undefined && before !== cookie) {
    say(
      `replacing ${layout.cookie}, which had another cookie: nodes that have the old one are to be started anew`,
    );
  }
  // Nobody may read it from the file that was there, not for a moment either.
  if (before !== undefined) await chmod(file, 0o600);
  await writeFile(file, cookie, { mode: 0o600 });
}

/** The project's own cookie: in a file of its build folder, which tells git to leave it alone. */
async function projectCookie({ root }: Project): Promise<string> {
  const folder = join(root, BUILD_FOLDER);
  const file = join(folder, "COOKIE");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, ".gitignore"), "*\n");
  const known = await readFile(file, "utf8").catch(() => undefined);
  if (known !== undefined && known !== "") return known;
  // Left by a disk that was full, or somebody's `touch`: everybody can guess nothing.
  if (known === "") await rm(file, { force: true });
  // Of two that are assembled at once one makes it: a link to a whole file is there at once, or was there before.
  const draft = join(folder, `COOKIE.${randomUUID()}`);
  try {
    await writeFile(draft, randomBytes(COOKIE_BYTES).toString("hex"), { mode: 0o600, flag: "wx" });
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return await readFile(join(dirname(file), "COOKIE"), "utf8");
}
