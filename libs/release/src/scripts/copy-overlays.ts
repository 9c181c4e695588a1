import type { Dirent, Stats } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, readlink, rm, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import { layout } from "../layout.ts";
import type { Release } from "../release.ts";
import { hasCode } from "./has-code.ts";

/**
 * Copies the files of every overlay over the release, the later over the earlier: modes and symbolic links are kept, what is there
 * is replaced. Throws `RELEASE_REFUSED`, before anything of it is copied, for an overlay with something that belongs to
 * a node (its data, `tmp`, the cookie) or is written by the assembly later than overlays are.
 */
export async function copyOverlays(release: Release, { say, signal }: Assembly): Promise<void> {
  for (const overlay of release.options.overlays) {
    const entries = await entriesOf(release, overlay);
    say(`copying the files of ${shown(release, overlay)}`);
    for (const entry of entries) {
      signal.throwIfAborted();
      await copy(entry, join(release.path, entry.name), shown(release, entry.path));
    }
  }
}

/** The files that the overlays of a release bring, by their path in the release; in no order, and some perhaps twice. */
export async function overlaidFiles(release: Release): Promise<readonly string[]> {
  const { overlays } = release.options;
  const all = await Promise.all(overlays.map((overlay) => entriesOf(release, overlay)));
  const files = all.flat().filter(({ type }) => type !== "folder");
  return files.map(({ name }) => name);
}

/** What is in an overlay. */
interface Entry {
  /** Relative to the overlay, with `/`. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly type: "folder" | "file" | "link";
}

/** All of an overlay in the order of their names, folders before what is in them. */
async function entriesOf(release: Release, overlay: string): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const read = async (folder: string): Promise<void> => {
    const found = await readdir(join(overlay, folder), { withFileTypes: true });
    for (const member of found.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = folder === "" ? member.name : `${folder}/${member.name}`;
      const entry = {
        name,
        path: join(overlay, name),
        type: typeOf(member, shown(release, join(overlay, name))),
      };
      refuseOthers(release, entry);
      entries.push(entry);
      if (entry.type === "folder") await read(name);
    }
  };
  await read("");
  return entries;
}

function typeOf(member: Dirent, path: string): Entry["type"] {
  if (member.isDirectory()) return "folder";
  if (member.isFile()) return "file";
  if (member.isSymbolicLink()) return "link";
  throw refused(`The overlay has ${path}, which is no file, folder or symbolic link`);
}

function refuseOthers(release: Release, { name, path }: Entry): void {
  // Some file systems take both for one.
  const small = name.toLowerCase();
  const [top] = small.split("/", 1);
  const written = [
    layout.cookie,
    layout.defaultVersion,
    `${layout.version(release.version)}/manifest.json`,
  ];
  const whose =
    top === layout.data || top === layout.temporary
      ? `what is in ${top}/ belongs to the nodes, and no assembly touches it`
      : written.some((file) => file.toLowerCase() === small)
        ? `${name} is written by the assembly itself`
        : undefined;
  if (whose === undefined) return;
  throw refused(`The overlay cannot have ${shown(release, path)}: ${whose}`);
}

/** As the person who has written it knows it. */
function shown({ project }: Release, path: string): string {
  return relative(project.root, path);
}

async function copy({ path, name, type }: Entry, to: string, told: string): Promise<void> {
  const there = await statOf(to);
  const isFolder = there?.isDirectory() === true;
  if (there !== undefined && isFolder !== (type === "folder")) {
    const [before, now] = isFolder ? ["a folder", `a ${type}`] : ["a file", "a folder"];
    throw refused(`The overlay has ${told} as ${now}, and ${name} is ${before} of the release`);
  }
  if (type === "folder") {
    const { mode } = await lstat(path);
    await mkdir(to, { recursive: true });
    if (!isFolder) await chmod(to, mode & 0o7777);
    return;
  }
  // A link that is there would be followed, out of the release.
  await rm(to, { force: true });
  if (type === "link") {
    await symlink(await readlink(path), to);
    return;
  }
  const { mode } = await lstat(path);
  await copyFile(path, to);
  await chmod(to, mode & 0o7777);
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function refused(problem: string): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem });
}
