import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, lstat, readFile, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openToyRelease, type ToyRelease } from "../../testing/toy-release.ts";
import { copyOverlays } from "./copy-overlays.ts";

const modeOf = async (path: string): Promise<number> => (await lstat(path)).mode & 0o777;

async function open(
  files: Readonly<Record<string, string>>,
  overlays = '["one"]',
): Promise<ToyRelease> {
  return await openToyRelease(`{ overlays: ${overlays} }`, { files });
}

describe("copyOverlays()", () => {
  test("keeps modes, links and empty folders, and lets the later overlay win", async () => {
    const files = { "one/bin/extra": "one", "one/etc/a/b.txt": "one", "two/etc/a/b.txt": "two" };
    await using toy = await open(files, '["one", "two"]');
    const { path } = toy.folder;
    await chmod(join(path, "one/bin/extra"), 0o750);
    await chmod(join(path, "one/etc"), 0o711);
    await symlink("a/b.txt", join(path, "one/etc/link"));
    await symlink("/nowhere", join(path, "one/etc/broken"));
    await symlink("..", join(path, "one/etc/circle"));
    await copyOverlays(toy.release, toy.assembly);
    const made = toy.release.path;
    assert.equal(await modeOf(join(made, "bin/extra")), 0o750);
    assert.equal(await modeOf(join(made, "etc")), 0o711);
    assert.equal(await readFile(join(made, "etc/link"), "utf8"), "two");
    assert.equal(await readlink(join(made, "etc/link")), "a/b.txt");
    assert.equal(await readlink(join(made, "etc/broken")), "/nowhere");
    assert.equal(await readlink(join(made, "etc/circle")), "..");
    assert.deepEqual(toy.said, [`copying the files of one`, `copying the files of two`]);
  });

  test("replaces what is there, and what a link led to stays as it is", async () => {
    await using toy = await open({ "one/bin/toy": "mine", outside: "outside" });
    const made = toy.release.path;
    await symlink(join(toy.folder.path, "outside"), join(made, "bin/toy"));
    await copyOverlays(toy.release, toy.assembly);
    await copyOverlays(toy.release, toy.assembly);
    assert.equal(await readFile(join(made, "bin/toy"), "utf8"), "mine");
    assert.equal(await readFile(join(toy.folder.path, "outside"), "utf8"), "outside");
  });

  for (const name of [
    "releases/COOKIE",
    "Releases/Cookie",
    "releases/default-version",
    "releases/1.0.0/manifest.json",
    "data/toy/log",
    "tmp/x",
    "TMP/x",
  ]) {
    test(`refuses ${name}, before anything is copied`, async () => {
      await using toy = await open({ "one/a": "a", [`one/${name}`]: "mine" });
      await assert.rejects(copyOverlays(toy.release, toy.assembly), {
        code: "RELEASE_REFUSED",
        message: new RegExp(`^The overlay cannot have one/${name.split("/", 1)[0]}.*: `, "u"),
      });
      await assert.rejects(lstat(join(toy.release.path, "a")), { code: "ENOENT" });
    });
  }

  test("refuses a file in the place of a folder, and a folder in that of a file", async () => {
    await using toy = await open({ "one/bin": "a file" });
    await assert.rejects(copyOverlays(toy.release, toy.assembly), {
      message: "The overlay has one/bin as a file, and bin is a folder of the release",
    });
    await rm(join(toy.folder.path, "one/bin"));
    await toy.folder.write({ "one/build.json/x": "x", "_build/prod/rel/toy/build.json": "{}" });
    await assert.rejects(copyOverlays(toy.release, toy.assembly), {
      message:
        "The overlay has one/build.json as a folder, and build.json is a file of the release",
    });
  });

  test("refuses what is neither file nor folder nor link", async () => {
    await using toy = await open({ "one/a": "a" });
    execFileSync("mkfifo", [join(toy.folder.path, "one/pipe")]);
    await assert.rejects(copyOverlays(toy.release, toy.assembly), {
      message: "The overlay has one/pipe, which is no file, folder or symbolic link",
    });
  });
});
