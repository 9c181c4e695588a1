import assert from "node:assert/strict";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { openMachine, type Machine, withNode } from "./released.ts";
import { runTool } from "./run-tool.ts";
import { copyUmbrella, kvVersion, type UmbrellaCopy } from "./umbrella-copy.ts";

/** Two checkouts of one state, in folders of their own. */
let one: UmbrellaCopy;
let other: UmbrellaCopy;
let machine: Machine;

before(async () => {
  [one, other] = await Promise.all([copyUmbrella(), copyUmbrella()]);
  machine = await openMachine();
});
after(async () => {
  await machine[Symbol.asyncDispose]();
  await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
});

/** Packs a release of KV that is made with `options` under `umask`, and answers where the archive is. */
async function pack(
  { root }: UmbrellaCopy,
  options: string,
  umask = "022",
): Promise<{ readonly archive: string; readonly folder: string }> {
  await writeFile(
    join(root, "releases.ts"),
    `export const releases = {
  foo: {
    applications: { "kv-server": "permanent", kv: "permanent" },
    includeRuntime: false,
    steps: ["assemble", "tar"],
    ${options}
  },
};
`,
  );
  const words = [process.execPath, "tools/release.ts", "foo", "--overwrite"];
  const run = await runTool(["sh", "-c", `umask ${umask} && exec "$@"`, "sh", ...words], {
    cwd: root,
  });
  assert.equal(run.code, 0, run.stderr);
  const archive = /^\* made (?<path>.*)$/mu.exec(run.stdout)?.groups?.["path"] ?? "";
  assert.equal(archive, join("_build", "prod", `foo-${kvVersion}.tar.gz`));
  return { archive: join(root, archive), folder: join(root, "_build", "prod", "rel", "foo") };
}

/** What is in an archive, each with its mode as `ls` shows it. */
async function listed(archive: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runTool(["tar", "-tvzf", archive], { cwd: "/" });
  const lines = stdout.trimEnd().split("\n");
  return new Map(
    lines.map((line) => {
      const [mode = "", ...rest] = line.split(/\s+/u);
      return [rest.at(-1) ?? "", mode];
    }),
  );
}

suite("the step tar", () => {
  test("packs the same bytes in another folder, under another umask", async () => {
    const cookie = `cookie: "weknoweachother"`;
    const [first, second] = await Promise.all([
      pack(one, cookie, "022"),
      pack(other, cookie, "077"),
    ]);
    const [bytes, others] = [await readFile(first.archive), await readFile(second.archive)];
    assert.ok(bytes.equals(others), "two builds of one state are the same bytes");
    assert.ok(bytes.length < 2_000_000, `${bytes.length} bytes without Node`);
  });

  test("packs a configured cookie, and neither data nor tmp", async () => {
    const { folder } = await pack(one, `cookie: "weknoweachother"`);
    for (const name of ["data", "tmp"]) {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, "precious"), "what a node has stored");
    }
    const { archive } = await pack(one, `cookie: "weknoweachother"`);
    for (const name of ["data", "tmp"]) {
      assert.equal(
        await readFile(join(folder, name, "precious"), "utf8"),
        "what a node has stored",
      );
    }
    const files = await listed(archive);
    assert.equal(files.get("releases/COOKIE"), "-rw-------");
    assert.equal(files.get("bin/foo"), "-rwxr-xr-x");
    assert.equal(files.get(`releases/${kvVersion}/runtime.mjs`), "-rw-r--r--");
    assert.deepEqual(
      [...files.keys()].filter((name) => /^(?:data|tmp)\/./u.test(name)),
      [],
    );
  });

  test("packs what overlays have brought", async () => {
    await mkdir(join(one.root, "rel", "overlays", "notes"), { recursive: true });
    await writeFile(join(one.root, "rel", "overlays", "notes", "readme.txt"), "read me");
    const { archive } = await pack(one, "");
    await rm(join(one.root, "rel", "overlays"), { recursive: true });
    assert.ok((await listed(archive)).has("notes/readme.txt"));
  });

  test("packs no random cookie: the first boot makes one", async () => {
    const { archive } = await pack(one, "");
    assert.equal((await listed(archive)).has("releases/COOKIE"), false);
    const root = join(one.root, "unpacked", "foo");
    await mkdir(root, { recursive: true });
    const unpacked = await runTool(["tar", "-xzf", archive, "-C", root], { cwd: "/" });
    assert.equal(unpacked.code, 0, unpacked.stderr);
    const release = machine.release(root, withNode);
    const file = join(root, "releases", "COOKIE");
    const cookies: string[] = [];
    while (cookies.length < 2) {
      await using _ = await release.start();
      cookies.push(await readFile(file, "utf8"));
      assert.match(await release.printed("kv", "status"), /^node: foo$/mu);
    }
    assert.match(cookies[0] ?? "", /^[\w=+/-]{20,}\n?$/u);
    assert.equal(cookies[1], cookies[0], "it stays");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });
});
