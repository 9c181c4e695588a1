import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { type Files, openHouse, quietAssembly } from "../../testing/house.ts";
import { runRelease } from "../../testing/release-run.ts";
import { assembleCode } from "../../testing/assemble-code.ts";
import type { ReleaseDefinition } from "../definition/release-definition.ts";
import { bundleRelease } from "./bundle-release.ts";

interface Bundled {
  /** By the file's name. */
  readonly files: ReadonlyMap<string, string>;
  /** All of it. */
  readonly text: string;
  readonly root: string;
}

async function bundle(definition: ReleaseDefinition = {}, files: Files = {}): Promise<Bundled> {
  await using house = await openHouse(files);
  const release = await house.release(definition);
  await bundleRelease(release, quietAssembly());
  const folder = join(release.path, "lib/lamp-1.2.0");
  const names = (await readdir(folder)).toSorted();
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return {
    files: new Map(names.map((name, index) => [name, contents[index] ?? ""])),
    text: contents.join(""),
    root: house.root,
  };
}

/** The lamp, with another module of its own that has `text`. */
function lampWith(text: string): Files {
  return {
    "apps/lamp/part.ts": text,
    "apps/lamp/lamp.ts": `
export const lamp = {
  name: "lamp", description: "", dependencies: [], environment: {},
  start: async () => (await import("./part.ts")).part,
};`,
  };
}

suite("bundleRelease()", () => {
  test("puts all code into one file beside the program, what is imported late beside it, and nothing that nobody uses", async () => {
    const { files, text } = await bundle();
    assert.deepEqual(
      [...files.keys()],
      ["LICENSES", "late-pino-pretty.mjs", "main.mjs", "release.mjs"],
    );
    assert.match(text, /Shines\./u);
    assert.doesNotMatch(text, /pleated-linen/u);
    const both = await bundle({ applications: { shade: "permanent" } });
    assert.match(both.text, /pleated-linen/u);
    assert.match(both.text, /Shines\./u);
  });

  test("hands on the licenses of the packages that are in it, and of no others", async () => {
    const { files } = await bundle();
    const headlines = (files.get("LICENSES") ?? "").matchAll(/^(\S+) [\d.]+ \(.+\)\n=+\n\n./gmu);
    const names = new Set(Array.from(headlines, ([, name]) => name));
    for (const name of ["commander", "pino", "pino-pretty", "valibot"]) {
      assert.ok(names.has(name), name);
    }
    assert.ok(!names.has("rolldown"));
  });

  test("makes the same bytes wherever the project lies, and names no folder of this machine", async () => {
    const [one, other] = [await bundle(), await bundle()];
    assert.notEqual(one.root, other.root);
    assert.deepEqual(one.files, other.files);
    assert.ok(!one.text.includes(one.root));
    // Our own modules lie outside this project: how they are reached from it depends on the machine.
    assert.doesNotMatch(one.text, /libs\/release\/src/u);
  });

  test("comes with a source map by which stacks name our lines", async () => {
    await using house = await openHouse();
    const release = await assembleCode(await house.release({ sourceMaps: true }));
    const folder = join(release.path, "lib/lamp-1.2.0");
    const map = await readFile(join(folder, "release.mjs.map"), "utf8");
    assert.ok(!map.includes(house.root));
    assert.ok(JSON.parse(map).sources.includes("apps/lamp/lamp.ts"), map.slice(0, 300));
    const { stderr } = await runRelease(release, "start", { COLOUR: "broken" });
    assert.match(stderr, /apps\/lamp\/lamp\.ts:\d+:\d+/u);
  });

  test("brings what its packages import late, and config providers, along", async () => {
    const vault = `import { colour } from "./late.ts"; export const vault = { name: "vault", load: () => ({ lamp: { colour } }) };`;
    const late = `export const colour = (await import("node:os")).EOL === "" ? "a" : "from the vault";`;
    await using house = await openHouse({ "vault.ts": vault, "late.ts": late });
    const release = await assembleCode(
      await house.release({ configProviders: [{ module: "./vault.ts", name: "vault" }] }),
    );
    const { stdout } = await runRelease(release, "config");
    assert.match(stdout, /lamp\.colour +"from the vault" +provider vault/u);
  });

  test("goes without what a package can do without, and that is not installed", async () => {
    // Redis' client has a function for which it imports an optional peer.
    const part = `export { createClient as part } from "@redis/client";`;
    const { text } = await bundle({}, lampWith(part));
    assert.match(text, /import\(.@node-rs\/xxhash.\)/u);
  });

  test("prints for people, too: what only a terminal needs is there", async () => {
    await using house = await openHouse({
      "config/runtime.ts": `export const config = ({ env }) => ({ control: { directory: env.string("SOCKETS") }, logger: { format: "pretty" }, lamp: { colour: "broken" } });`,
    });
    const release = await assembleCode(await house.release());
    const { stdout } = await runRelease(release, "start");
    assert.match(stdout, /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: the lamp shines broken\n$/u);
  });

  const broken: readonly (readonly [what: string, text: string, reason: RegExp])[] = [
    [
      "a file that is not there",
      'export { part } from "./none.ts";\n',
      /^Bundling failed: .*\.\/none\.ts.*apps\/lamp\/part\.ts/u,
    ],
    [
      "a package that is not there",
      'export { part } from "no-such-package";\n',
      /^Bundling failed: .*no-such-package.*apps\/lamp\/part\.ts/u,
    ],
    [
      "a name that a module does not export",
      'import { nothing } from "./lamp.ts";\nexport const part = nothing;\n',
      /^Bundling failed: .*nothing.*/u,
    ],
    [
      "an error of syntax",
      "\nexport const part = ;\n",
      /^Bundling failed: apps\/lamp\/part\.ts:2: /u,
    ],
  ];
  for (const [what, text, reason] of broken) {
    test(`refuses ${what} in one line that names the place`, async () => {
      await assert.rejects(bundle({}, lampWith(text)), (error) => {
        assert.ok(error instanceof Error && "code" in error);
        assert.equal(error.code, "ASSEMBLY_FAILED");
        assert.match(error.message, reason);
        assert.doesNotMatch(error.message, /\n|kv release/u);
        return true;
      });
    });
  }
});
