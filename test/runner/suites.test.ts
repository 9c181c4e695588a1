import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { suite, test } from "node:test";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";
import { select, strayFiles } from "./suites.ts";

async function makeTree(root: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), "");
  }
}

const files = [
  "apps/kv/src/router.test.ts",
  "apps/kv/src/router.ts",
  "libs/storage/src/log/log.test.ts",
  "libs/node_modules/x/y.test.ts",
  "test/e2e/start.test.ts",
  "test/harness/random.test.ts",
];

const selections: readonly [words: readonly string[], names: readonly string[]][] = [
  [[], ["unit", "harness", "e2e"]],
  [["unit"], ["unit"]],
  [
    ["e2e", "unit"],
    ["unit", "e2e"],
  ],
  [["test/e2e/start.test.ts"], ["e2e"]],
  [["./test/"], ["harness", "e2e"]],
];

suite("select()", () => {
  for (const [words, names] of selections) {
    test(`takes "${words.join(" ")}" for ${names.join(" and ")}`, async () => {
      await using root = await makeTemporaryDirectory();
      await makeTree(root.path, files);
      const { selected, unknown } = select(words, root.path);
      assert.deepEqual(
        selected.map((selection) => selection.suite.name),
        names,
      );
      assert.deepEqual(unknown, []);
    });
  }

  test("runs each file once, in order, and none of a dependency", async () => {
    await using root = await makeTemporaryDirectory();
    await makeTree(root.path, files);
    assert.deepEqual(select(["unit"], root.path).selected[0]?.files, [
      "apps/kv/src/router.test.ts",
      "libs/storage/src/log/log.test.ts",
    ]);
  });

  test("names the words that name nothing", async () => {
    await using root = await makeTemporaryDirectory();
    await makeTree(root.path, files);
    assert.deepEqual(select(["unit", "units", "apps/k"], root.path).unknown, ["units", "apps/k"]);
  });
});

test("strayFiles() finds tests that would never run", async () => {
  await using root = await makeTemporaryDirectory();
  await makeTree(root.path, [...files, "docs/put.test.ts", "test/new/some.test.ts"]);
  assert.deepEqual(strayFiles(root.path), ["docs/put.test.ts", "test/new/some.test.ts"]);
});
