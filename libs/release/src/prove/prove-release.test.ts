import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, suite, test } from "node:test";
import type { Assembly } from "../assemble/assembly.ts";
import type { ReleaseProof } from "../definition/release-definition.ts";
import type { TargetName } from "../runtime/target.ts";
import { type ProvableRelease, proveRelease } from "./prove-release.ts";

/** What `bin/fake` runs: it tells what it sees, says that it has started, and waits for SIGTERM. */
const servingNode = `
import { writeFileSync } from "node:fs";
const [, , command, ...words] = process.argv;
if (command === "start") {
  writeFileSync(process.env.SEEN, JSON.stringify({ argv: process.argv, env: process.env }));
  process.on("SIGTERM", () => process.exit(0));
  setInterval(() => {}, 1000);
  console.log('{"type":"system-started"}');
} else {
  console.log(command, ...words);
  console.error("an aside");
  process.exitCode = command === "fail" ? 3 : 0;
}
`;

const orphaningNode = `
import { spawn } from "node:child_process";
const forEver = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('here')";
const orphan = spawn(process.execPath, ["-e", forEver], { stdio: ["ignore", "pipe", "ignore"] });
orphan.stdout.once("data", () => console.log('{"type":"system-started"}'));
process.on("SIGTERM", () => process.exit(0));
`;

const here = targetNamed(`${process.platform}-${process.arch}`);

let folder: string;
let said: string[];
let assembly: Assembly;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-prove-"));
  said = [];
  assembly = {
    say: (line) => said.push(line),
    progress: () => {},
    signal: new AbortController().signal,
    variables: {},
  };
});

afterEach(() => rm(folder, { recursive: true }));

/** A folder that looks like a release, whose `bin/fake` runs `program`. */
async function fakeRelease(program: string, proof: ReleaseProof = {}): Promise<ProvableRelease> {
  const path = join(folder, "rel");
  for (const name of ["bin", "lib/fake-1.0.0", "data"]) {
    await mkdir(join(path, name), { recursive: true });
  }
  await writeFile(join(path, "lib/fake-1.0.0/main.mjs"), program);
  await writeFile(join(path, "data/stored"), "what a node has stored");
  const script = `#!/bin/sh
exec ${process.execPath} "$(dirname "$0")/../lib/fake-1.0.0/main.mjs" "$@"
`;
  await writeFile(join(path, "bin/fake"), script);
  await chmod(join(path, "bin/fake"), 0o755);
  return {
    name: "fake",
    version: "1.0.0",
    path,
    nodeVersion: "26.10.0",
    target: { name: here },
    options: { includeRuntime: true, proof },
  };
}

function targetNamed(platform: string): TargetName {
  const known = (["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"] as const).find(
    (name) => name === platform,
  );
  if (known === undefined) throw new Error(`there are no releases for ${platform}`);
  return known;
}

suite("proveRelease()", () => {
  test("starts a copy in a folder with a space, without the variables of this process", async () => {
    const seen = join(folder, "seen.json");
    const variables = (directory: string): Record<string, string> => {
      return { SEEN: seen, OWN: directory };
    };
    const release = await fakeRelease(servingNode, { variables });
    const { bootMs, codeBytes, folderBytes, runtimeBytes } = await proveRelease(release, assembly);
    const { argv, env } = JSON.parse(await readFile(seen, "utf8"));
    assert.match(argv[1], /release proof-\w+\/fake\/lib\/fake-1\.0\.0\/main\.mjs$/u);
    assert.deepEqual(argv.slice(2), ["start"]);
    const shells = new Set(["PWD", "OLDPWD", "SHLVL", "_"]);
    assert.deepEqual(
      Object.keys(env)
        .filter((name) => !shells.has(name))
        .toSorted(),
      ["HOME", "OWN", "PATH", "PORT", "SEEN", "XDG_RUNTIME_DIR"],
    );
    assert.equal(env.PORT, "0");
    assert.ok(bootMs > 0);
    assert.equal(codeBytes, Buffer.byteLength(servingNode));
    assert.equal(runtimeBytes, 0);
    const script = await readFile(join(release.path, "bin/fake"), "utf8");
    assert.equal(folderBytes, codeBytes + Buffer.byteLength(script), "data is not in the copy");
    assert.match(said.join("\n"), /^proving fake-1\.0\.0: .*\nproven: fake-1\.0\.0 serves after/u);
    await assert.rejects(readFile(argv[1]), { code: "ENOENT" }, "the copy is gone");
  });

  test("has the proof ask by bin/NAME, and hands over what that prints", async () => {
    const printed: string[] = [];
    const release = await fakeRelease(servingNode, {
      variables: () => ({ SEEN: "/dev/null" }),
      ask: async (run) => {
        printed.push(await run("word", "another word"));
      },
    });
    await proveRelease(release, assembly);
    assert.deepEqual(printed, ["word another word\n"]);
  });

  test("says what a command of the proof printed that failed", async () => {
    const release = await fakeRelease(servingNode, {
      variables: () => ({ SEEN: "/dev/null" }),
      ask: async (run) => {
        await run("fail", "here");
      },
    });
    await assert.rejects(proveRelease(release, assembly), {
      code: "ASSEMBLY_FAILED",
      message:
        /^Proving fake-1\.0\.0 failed: fail here: it ended with exit code 3 instead of 0\nfail here\nan aside\nIt printed:\n\{"type"/u,
    });
  });

  test("shows what a node printed that did not start", async () => {
    const release = await fakeRelease(`console.error("no room"); process.exitCode = 7;`);
    await assert.rejects(proveRelease(release, assembly), {
      code: "ASSEMBLY_FAILED",
      message:
        "Proving fake-1.0.0 failed: it ended (exit code 7) before it had started\nIt printed:\nno room\n",
    });
  });

  test("finds and ends a process that outlives its node", async () => {
    const release = await fakeRelease(orphaningNode);
    await assert.rejects(proveRelease(release, assembly), {
      code: "ASSEMBLY_FAILED",
      message: /a process that it had started outlives it/u,
    });
  });

  test("gives up when the person does", async () => {
    const giveUp = new AbortController();
    const release = await fakeRelease(servingNode, {
      variables: () => ({ SEEN: "/dev/null" }),
      ask: () => {
        giveUp.abort(new Error("enough"));
        return Promise.reject(new Error("asked in vain"));
      },
    });
    await assert.rejects(proveRelease(release, { ...assembly, signal: giveUp.signal }), {
      message: "enough",
    });
  });

  test("refuses a release for another platform", async () => {
    const release = await fakeRelease(servingNode);
    const foreign = { ...release, target: { ...release.target, name: "win-x64" as const } };
    await assert.rejects(proveRelease(foreign, assembly), {
      code: "RELEASE_REFUSED",
      message: /^Cannot prove fake for win-x64: it does not run on /u,
    });
  });
});
