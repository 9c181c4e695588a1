import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openToyRelease } from "../../testing/toy-release.ts";
import { writeCookie } from "./write-cookie.ts";

test("all releases of a project have one cookie, which is private, lasts, and is nothing for git", async () => {
  await using toy = await openToyRelease();
  const { release, assembly, said } = toy;
  const other = { ...release, name: "other", path: join(release.path, "..", "toy") };
  await Promise.all([writeCookie(release, assembly), writeCookie(other, assembly)]);
  const file = join(release.path, "releases/COOKIE");
  const cookie = await readFile(file, "utf8");
  assert.match(cookie, /^[0-9a-f]{64}$/u);
  for (const path of [file, join(release.project.root, "_build/COOKIE")]) {
    assert.equal(await readFile(path, "utf8"), cookie);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  }
  assert.equal(await readFile(join(release.project.root, "_build/.gitignore"), "utf8"), "*\n");
  await writeCookie(release, assembly);
  assert.equal(await readFile(file, "utf8"), cookie);
  assert.deepEqual(said, []);
});

test("of many that are assembled at once all have the cookie that stays", async () => {
  await using toy = await openToyRelease();
  const { release, assembly } = toy;
  const root = join(release.path, "..");
  const names = Array.from({ length: 20 }, (_, index) => `toy-${index}`);
  const cookies = await Promise.all(
    names.map(async (name) => {
      const path = join(root, name);
      await mkdir(join(path, "releases"), { recursive: true });
      await writeCookie({ ...release, name, path }, assembly);
      return await readFile(join(path, "releases/COOKIE"), "utf8");
    }),
  );
  const build = join(release.project.root, "_build");
  assert.deepEqual([...new Set(cookies)], [await readFile(join(build, "COOKIE"), "utf8")]);
  assert.deepEqual((await readdir(build)).toSorted(), [".gitignore", "COOKIE", "prod"]);
});

test("an empty cookie is none", async () => {
  await using toy = await openToyRelease();
  const { release, assembly } = toy;
  await writeFile(join(release.project.root, "_build/COOKIE"), "");
  await writeCookie(release, assembly);
  assert.match(await readFile(join(release.path, "releases/COOKIE"), "utf8"), /^[0-9a-f]{64}$/u);
});

test("a configured one is taken, and what it replaces is told, not what it is", async () => {
  await using toy = await openToyRelease(`{ cookie: "weknoweachother" }`);
  const { release, assembly, said } = toy;
  const file = join(release.path, "releases/COOKIE");
  await writeFile(file, "former", { mode: 0o644 });
  await writeCookie(release, assembly);
  assert.equal(await readFile(file, "utf8"), "weknoweachother");
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(said.length, 1);
  assert.doesNotMatch(said.join(""), /weknoweachother|former/u);
});
