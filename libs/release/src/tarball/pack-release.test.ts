import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openToyRelease, type ToyRelease } from "../../testing/toy-release.ts";
import { writeCookie } from "../cookie/write-cookie.ts";
import { writeManifest } from "../manifest/write-manifest.ts";
import { packRelease } from "./pack-release.ts";

/** A release with files of all kinds, made under `mask`. */
async function openAssembled(definition: string, mask: number): Promise<ToyRelease> {
  const before = process.umask(mask);
  try {
    const toy = await openToyRelease(`{ includeRuntime: false, ...${definition} }`);
    const { path } = toy.release;
    for (const folder of ["lib/toy-1.0.0", "data", "tmp", "releases/0.9.0"]) {
      await mkdir(join(path, folder), { recursive: true });
    }
    await writeFile(join(path, "lib/toy-1.0.0/main.mjs"), "x".repeat(1000));
    await writeFile(join(path, "bin/toy"), "#!/bin/sh\n", { mode: 0o777 });
    for (const file of ["data/log", "tmp/toy.pid", "releases/0.9.0/build.json"]) {
      await writeFile(join(path, file), "not to be packed");
    }
    await writeCookie(toy.release, toy.assembly);
    await writeManifest(toy.release, toy.assembly);
    return toy;
  } finally {
    process.umask(before);
  }
}

async function listed(archive: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("tar", ["tvzf", archive]);
  return stdout.trim().split("\n");
}

test("the same files make the same bytes, wherever and under whichever umask", async () => {
  const definition = `{ cookie: "weknoweachother" }`;
  await using one = await openAssembled(definition, 0o022);
  await using other = await openAssembled(definition, 0o077);
  const [first, second] = await Promise.all(
    [one, other].map(async ({ release, assembly }) => await packRelease(release, assembly)),
  );
  assert.ok(first !== undefined && second !== undefined && first !== second);
  assert.deepEqual(await readFile(first), await readFile(second));
  assert.ok(first.endsWith("/_build/prod/toy-1.0.0.tar.gz"), first);
});

test("an archive has one version, and nothing that nodes write", async () => {
  await using toy = await openAssembled(`{ cookie: "weknoweachother" }`, 0o022);
  const lines = await listed(await packRelease(toy.release, toy.assembly));
  const files = lines.map((line) => line.replaceAll(/\s+/gu, " ").split(" "));
  assert.deepEqual(
    files.map(([mode, owner, , , , file]) => [mode, owner, file]),
    [
      ["-rwxr-xr-x", "0/0", "bin/toy"],
      ["-rw-r--r--", "0/0", "lib/toy-1.0.0/main.mjs"],
      ["-rw-r--r--", "0/0", "releases/1.0.0/manifest.json"],
      ["-rw-------", "0/0", "releases/COOKIE"],
      ["-rw-r--r--", "0/0", "releases/default-version"],
    ],
  );
});

test("a cookie that was drawn is nobody else's", async () => {
  await using toy = await openAssembled("{}", 0o022);
  const lines = await listed(await packRelease(toy.release, toy.assembly));
  assert.ok(lines.length > 0 && lines.every((line) => !line.includes("COOKIE")));
});

test("a file that grows meanwhile makes no archive", async () => {
  await using toy = await openAssembled("{}", 0o022);
  const file = join(toy.release.path, "releases/default-version");
  // The last file of all: the first ones have been packed by then, and its size was taken before.
  const progress = (): void => writeFileSync(file, "longer than it was");
  const assembly = { ...toy.assembly, progress };
  await assert.rejects(packRelease(toy.release, assembly), {
    message: "packing failed: releases/default-version was changed meanwhile",
  });
  assert.deepEqual(await readdir(dirname(dirname(toy.release.path))), ["rel"]);
});

test("one that is given up leaves nothing", async () => {
  await using toy = await openAssembled("{}", 0o022);
  const given = new AbortController();
  const assembly = { ...toy.assembly, signal: given.signal, progress: () => given.abort() };
  await assert.rejects(packRelease(toy.release, assembly), { name: "AbortError" });
  const folder = dirname(dirname(toy.release.path));
  assert.deepEqual(await readdir(folder), ["rel"]);
});
