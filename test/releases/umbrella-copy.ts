import { cpSync } from "node:fs";
import { lstat, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { checkout } from "../harness/checkout.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

/** What a project is made of; the rest of a checkout is of no use to its releases. */
const SHIPPED = new Set([
  "apps",
  "config",
  "examples",
  "libs",
  "package-lock.json",
  "package.json",
  "rel",
  "releases.ts",
  "tools",
]);

/** What KV's releases are, unless they say otherwise. */
export const { version: kvVersion } = manifest;

/** A checkout of its own, which goes with all that was built in it. */
export interface UmbrellaCopy extends AsyncDisposable {
  /** Where KV is. */
  readonly root: string;
  /** The umbrella that is not KV. */
  readonly weather: string;
  /** The single application. */
  readonly greeter: string;
}

/**
 * Copies the checkout as it is, to build there: what was built in the checkout itself is not touched. Packages of
 * the registry are links to those of the checkout; the umbrella's own ones are the copy's.
 */
export async function copyUmbrella(): Promise<UmbrellaCopy> {
  const directory = await makeTemporaryDirectory();
  const root = join(directory.path, "umbrella");
  const built = new Set(["_build", "node_modules"]);
  for (const name of await readdir(checkout)) {
    if (!SHIPPED.has(name)) continue;
    // At once: a thousand small files would each be a trip to another thread and back.
    cpSync(join(checkout, name), join(root, name), {
      recursive: true,
      filter: (source) => !built.has(basename(source)) && !source.endsWith(".test.ts"),
    });
  }
  await linkPackages(join(checkout, "node_modules"), join(root, "node_modules"));
  return {
    root,
    weather: join(root, "examples", "weather"),
    greeter: join(root, "examples", "greeter"),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** Makes `to` a folder of packages as `from` is one: a workspace there is the workspace of the same place here. */
async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const place = join(from, name);
    if (name === ".cache") continue;
    if (name.startsWith("@")) await linkPackages(place, join(to, name));
    else await symlink(await targetOf(place), join(to, name));
  }
}

/** A workspace's link leads out of `node_modules`, to be kept as it is; whatever else is there is linked to. */
async function targetOf(place: string): Promise<string> {
  if (!(await lstat(place)).isSymbolicLink()) return place;
  const target = await readlink(place);
  const inside = resolve(dirname(place), target).startsWith(join(checkout, "node_modules"));
  return inside ? place : target;
}
