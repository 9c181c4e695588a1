import assert from "node:assert/strict";
import { appendFile, chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openToyRelease, type ToyRelease } from "../../testing/toy-release.ts";
import { verifyRelease } from "./verify-release.ts";
import { writeManifest } from "./write-manifest.ts";

/** A release with some files and a manifest. */
async function openManifested(): Promise<ToyRelease> {
  const toy = await openToyRelease("{ includeRuntime: false }");
  const { path } = toy.release;
  await mkdir(join(path, "lib/toy-1.0.0"), { recursive: true });
  await mkdir(join(path, "data"));
  for (const file of ["lib/toy-1.0.0/main.mjs", "releases/1.0.0/runtime.mjs", "releases/COOKIE"]) {
    await writeFile(join(path, file), "text");
  }
  await writeFile(join(path, "bin/toy"), "#!/bin/sh\n", { mode: 0o755 });
  await writeManifest(toy.release, toy.assembly);
  return toy;
}

test("a release is as it was assembled until somebody changes it", async () => {
  await using toy = await openManifested();
  const { path } = toy.release;
  assert.deepEqual(await verifyRelease(path, "1.0.0"), {
    files: 3,
    bytes: 18,
    problems: [],
    edited: [],
  });
  // What runs writes there, and another version does not matter.
  await writeFile(join(path, "data/log"), "data");
  await writeFile(join(path, "releases/COOKIE"), "another");
  await mkdir(join(path, "releases/2.0.0"));
  await writeFile(join(path, "releases/default-version"), "2.0.0\n");
  assert.deepEqual((await verifyRelease(path, "1.0.0")).problems, []);
});

test("a file that is missing, changed, new, or not to be executed any more is told", async () => {
  await using toy = await openManifested();
  const { path } = toy.release;
  await appendFile(join(path, "lib/toy-1.0.0/main.mjs"), "!");
  await writeFile(join(path, "bin/other"), "");
  await chmod(join(path, "bin/toy"), 0o644);
  await rm(join(path, "releases/1.0.0/runtime.mjs"));
  assert.deepEqual((await verifyRelease(path, "1.0.0")).problems, [
    "bin/other is not of the release",
    "bin/toy cannot be executed",
    "lib/toy-1.0.0/main.mjs was changed",
    "releases/1.0.0/runtime.mjs is missing",
  ]);
});

test("a folder is the same one with a slash behind it, or written in a roundabout way", async () => {
  await using toy = await openManifested();
  const { path } = toy.release;
  for (const same of [`${path}/`, `${path}/bin/..//`, path.replace("/rel/", "//rel/./")]) {
    assert.deepEqual((await verifyRelease(same, "1.0.0")).problems, [], same);
  }
});

test("what versions share may be as another one has left it, and not as nobody has", async () => {
  await using toy = await openManifested();
  const { release, assembly } = toy;
  const { path } = release;
  const next = { ...release, version: "2.0.0" };
  await mkdir(join(path, "releases/2.0.0"));
  await appendFile(join(path, "bin/toy"), "# newer\n");
  await writeFile(join(path, "bin/toy.bat"), "rem\n");
  assert.deepEqual((await verifyRelease(path, "1.0.0")).problems, [
    "bin/toy was changed",
    "bin/toy.bat is not of the release",
  ]);
  await writeManifest(next, assembly);
  assert.deepEqual((await verifyRelease(path, "1.0.0")).problems, []);
  await appendFile(join(path, "bin/toy"), "!");
  for (const version of ["1.0.0", "2.0.0"]) {
    assert.deepEqual((await verifyRelease(path, version)).problems, ["bin/toy was changed"]);
  }
});

test("what cannot be read is a problem like others", async () => {
  await using toy = await openManifested();
  const { path } = toy.release;
  const program = join(path, "lib/toy-1.0.0/main.mjs");
  await rm(program);
  await mkdir(program);
  await symlink("nowhere", join(path, "bin/dangling"));
  assert.deepEqual((await verifyRelease(path, "1.0.0")).problems, [
    "bin/dangling cannot be read",
    "lib/toy-1.0.0/main.mjs cannot be read",
  ]);
});

test("what is there to be edited may be edited", async () => {
  await using toy = await openManifested();
  const { path } = toy.release;
  await appendFile(join(path, "releases/1.0.0/runtime.mjs"), "// mine\n");
  const { problems, edited } = await verifyRelease(path, "1.0.0");
  assert.deepEqual([problems, edited], [[], ["releases/1.0.0/runtime.mjs"]]);
});

test("a version without a manifest was not finished", async () => {
  await using toy = await openManifested();
  const { path } = toy.release;
  const file = join(path, "releases/1.0.0/manifest.json");
  await writeFile(file, "{}");
  await assert.rejects(
    verifyRelease(path, "1.0.0"),
    /releases\/1\.0\.0\/manifest\.json is no man/u,
  );
  await rm(file);
  await assert.rejects(verifyRelease(path, "1.0.0"), {
    code: "RELEASE_DAMAGED",
    message: `${path} is not as it was assembled: releases/1.0.0/manifest.json is missing: the assembly was not finished`,
  });
});
