import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type Machine, openMachine, type Released, withNode } from "./released.ts";
import { runRelease } from "./run-tool.ts";
import { copyUmbrella, type UmbrellaCopy } from "./umbrella-copy.ts";
import { assembleVariant } from "./variant.ts";

let umbrella: UmbrellaCopy;
let machine: Machine;

before(async () => {
  umbrella = await copyUmbrella();
  machine = await openMachine();
});
after(async () => {
  await machine[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});

function weatherAt(path: string): Released {
  return machine.release(path, withNode);
}

function modes(text: string): string {
  return `applications: { ${text} }`;
}

suite("a release's options", () => {
  test("applications and modes: what is only loaded is configured, and not started", async () => {
    const loaded = await assembleVariant(
      umbrella,
      modes(`station: "transient", "station-http": "load"`),
    );
    const release = weatherAt(loaded.path);
    assert.match(await release.printed("config"), /^station-http\.port +0 +PORT in /mu);
    const node = await release.start();
    assert.match(node.stdout, /"applications":\["logger","station","control"\]/u);
    await node.stop();
    const none = await assembleVariant(
      umbrella,
      modes(`station: "temporary", "station-http": "none"`),
    );
    assert.doesNotMatch(await weatherAt(none.path).printed("config"), /^station-http/mu);
    // A dependency comes by itself.
    const only = await assembleVariant(umbrella, modes(`"station-http": "permanent"`));
    assert.match(only.run.stdout, /^\* bundling station, station-http$/mu);
  });

  test("a release may be a function", async () => {
    await writeFile(
      join(umbrella.weather, "releases.ts"),
      `export const releases = {
  weather: async () => ({ applications: { station: "permanent" }, includeRuntime: false, version: "6.0.0" }),
};
`,
    );
    const made = await runRelease(["weather"], { cwd: umbrella.weather });
    assert.match(made.stdout, /^\* assembling weather-6\.0\.0 on KV_ENV=prod\n/u);
  });

  test("version: a text, or an application's; --version wins", async () => {
    const versions = [
      [`version: "7.0.0-rc.1"`, [], "7.0.0-rc.1"],
      [`version: { fromApplication: "station-http" }`, [], "1.2.0"],
      [`version: "7.0.0"`, ["--version", "8.1.0"], "8.1.0"],
    ] as const;
    for (const [option, words, version] of versions) {
      const { path, run } = await assembleVariant(umbrella, option, { words });
      assert.match(
        run.stdout,
        new RegExp(`^\\* assembling weather-${version} on KV_ENV=prod\n`, "u"),
      );
      assert.deepEqual(await readdir(join(path, "lib")), [`weather-${version}`]);
    }
  });

  test("path: relative to the project; --path wins", async () => {
    await assembleVariant(umbrella, `path: "out/here"`);
    assert.ok(existsSync(join(umbrella.weather, "out/here/releases/1.2.0/manifest.json")));
    const words = ["--path", "out/there"];
    await assembleVariant(umbrella, `path: "out/nowhere"`, { words });
    assert.ok(existsSync(join(umbrella.weather, "out/there/releases/1.2.0/manifest.json")));
    assert.equal(existsSync(join(umbrella.weather, "out/nowhere")), false);
  });

  test("quiet, and --quiet: nothing is printed", async () => {
    for (const [option, words] of [
      ["quiet: true", []],
      ["", ["--quiet"]],
    ] as const) {
      const { run } = await assembleVariant(umbrella, option, { words });
      assert.deepEqual([run.code, run.stdout, run.stderr], [0, "", ""]);
    }
  });

  test("cookie: what is written, in a file of the owner's alone", async () => {
    const { path } = await assembleVariant(umbrella, `cookie: "weknoweachother"`);
    const file = join(path, "releases", "COOKIE");
    assert.equal((await readFile(file, "utf8")).trim(), "weknoweachother");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  test("includeRuntime: false takes the machine's Node, if it is of the very version", async () => {
    const { path } = await assembleVariant(umbrella, "");
    assert.equal(existsSync(join(path, "runtime")), false);
    const release = weatherAt(path);
    const node = await release.start();
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
    const other = join(umbrella.root, "other-node");
    await mkdir(other, { recursive: true });
    await writeFile(join(other, "node"), "#!/bin/sh\necho v22.0.0\n");
    await chmod(join(other, "node"), 0o755);
    const wrong = await release.run(["start"], { PATH: `${other}:/usr/bin:/bin` });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /26\.10\.0.*22\.0\.0|22\.0\.0.*26\.10\.0/u);
    const none = await release.run(["start"], { PATH: await pathWithoutNode() });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /26\.10\.0/u);
  });

  test("includeRuntime: a path takes that very program", async () => {
    const program = join(umbrella.weather, "my-node");
    await copyFile(process.execPath, program);
    await appendFile(program, "mine");
    const { path, run } = await assembleVariant(umbrella, `includeRuntime: "my-node"`);
    assert.equal(run.code, 0, run.stderr);
    const [runtime = ""] = await readdir(join(path, "runtime"));
    const { size } = await stat(join(path, "runtime", runtime, "node"));
    assert.equal(size, (await stat(process.execPath)).size + "mine".length);
    await using _ = await machine.release(path).start();
  });

  test("sourceMaps: a map beside the code, and stacks that name our lines", async () => {
    const without = await assembleVariant(umbrella, "");
    const code = join(without.path, "lib", "weather-1.2.0");
    assert.deepEqual((await readdir(code)).toSorted(), [
      "LICENSES",
      "late-pino-pretty.mjs",
      "main.mjs",
      "release.mjs",
    ]);
    const { path } = await assembleVariant(umbrella, "sourceMaps: true");
    assert.deepEqual((await readdir(code)).toSorted(), [
      "LICENSES",
      "late-pino-pretty.mjs",
      "late-pino-pretty.mjs.map",
      "main.mjs",
      "release.mjs",
      "release.mjs.map",
    ]);
    const map = JSON.parse(await readFile(join(code, "release.mjs.map"), "utf8"));
    const own = map.sources.find((source: string) =>
      source.endsWith("apps/station/src/readings.ts"),
    );
    assert.ok(own !== undefined, map.sources.join(" "));
    assert.equal(
      map.sources.some((source: string) => source.startsWith("/")),
      false,
    );
    await using _ = await weatherAt(path).start();
  });

  test("runtimeConfigPath: another file, or none", async () => {
    await writeFile(
      join(umbrella.weather, "config", "other.ts"),
      `export const config = () => ({ station: { placeLimit: 3 } });\n`,
    );
    const other = await assembleVariant(umbrella, `runtimeConfigPath: "config/other.ts"`);
    assert.match(
      await weatherAt(other.path).printed("config"),
      /^station\.placeLimit +3 +.*runtime\.mjs/mu,
    );
    const none = await assembleVariant(umbrella, `runtimeConfigPath: false`);
    assert.equal(existsSync(join(none.path, "releases", "1.2.0", "runtime.mjs")), false);
    assert.match(
      await weatherAt(none.path).printed("config"),
      /^station\.placeLimit +1000 +default/mu,
    );
  });

  test("validateCompileEnv: a boot that contradicts the build is refused, unless it is false", async () => {
    const contradiction = `export const config = () => ({ station: { scale: "fahrenheit" } });\n`;
    const { path } = await assembleVariant(umbrella, "");
    const file = join("releases", "1.2.0", "runtime.mjs");
    await writeFile(join(path, file), contradiction);
    const refused = await weatherAt(path).run(["start"]);
    assert.equal(refused.code, 78);
    assert.match(refused.stderr, /station\.scale.*fahrenheit|fahrenheit.*station\.scale/u);
    const lax = await assembleVariant(umbrella, "validateCompileEnv: false");
    await writeFile(join(lax.path, file), contradiction);
    await using _ = await weatherAt(lax.path).start();
  });

  test("configProviders: init at the build, load at every boot", async () => {
    await writeFile(
      join(umbrella.weather, "limits.ts"),
      `import { readFileSync } from "node:fs";
export const limits = {
  name: "limits",
  init: () => ({ initial: 40 }),
  load: (below, { initial }) => ({
    station: { placeLimit: initial + Number(readFileSync(process.env.LIMIT_FILE, "utf8")) },
  }),
};
`,
    );
    const option = `configProviders: [{ module: "./limits.ts", name: "limits" }]`;
    const { path, run } = await assembleVariant(umbrella, option);
    assert.equal(run.code, 0, run.stderr);
    const limit = join(umbrella.root, "limit");
    for (const [more, sum] of [
      ["2", 42],
      ["3", 43],
    ] as const) {
      await writeFile(limit, more);
      const release = machine.release(path, { ...withNode, LIMIT_FILE: limit });
      const { stdout } = await release.run(["config"]);
      assert.match(stdout, new RegExp(`^station\\.placeLimit +${sum} +provider limits`, "mu"));
    }
  });

  test("overlays: files are copied over what is there, one folder after the other", async () => {
    const { weather } = umbrella;
    for (const [file, text] of [
      ["one/notes/a.txt", "one"],
      ["one/notes/b.txt", "one"],
      ["two/notes/b.txt", "two"],
      ["rel/overlays/usual.txt", "as it comes"],
    ] as const) {
      await mkdir(join(weather, file, ".."), { recursive: true });
      await writeFile(join(weather, file), text);
    }
    const usual = await assembleVariant(umbrella, "");
    assert.equal(await readFile(join(usual.path, "usual.txt"), "utf8"), "as it comes");
    const { path } = await assembleVariant(umbrella, `overlays: ["one", "two"]`);
    assert.equal(await readFile(join(path, "notes/a.txt"), "utf8"), "one");
    assert.equal(await readFile(join(path, "notes/b.txt"), "utf8"), "two");
    assert.equal(existsSync(join(path, "usual.txt")), false);
    // They are of the release from then on.
    assert.equal((await weatherAt(path).run(["verify"])).code, 0);
    await writeFile(join(path, "notes/a.txt"), "changed");
    const { code, stdout, stderr } = await weatherAt(path).run(["verify"]);
    assert.equal(code, 1);
    assert.match(`${stdout}${stderr}`, /notes\/a\.txt was changed/u);
  });

  test("executables: scripts for the systems that are named", async () => {
    const unix = await assembleVariant(umbrella, "");
    assert.deepEqual(await readdir(join(unix.path, "bin")), ["weather"]);
    const windows = await assembleVariant(umbrella, `executables: ["windows"]`);
    assert.deepEqual(await readdir(join(windows.path, "bin")), ["weather.bat"]);
    const both = await assembleVariant(umbrella, `executables: ["unix", "windows"]`);
    assert.deepEqual((await readdir(join(both.path, "bin"))).toSorted(), [
      "weather",
      "weather.bat",
    ]);
  });

  test("steps: functions before and after, which see the release and may change it", async () => {
    const steps = `
const rename = (release) => ({ ...release, version: "9.9.9" });
const log = (release) => {
  console.log(release.name, release.version, release.applications.map(({ name }) => name).join());
  return release;
};`;
    const { path, run } = await assembleVariant(umbrella, `steps: [rename, "assemble", log]`, {
      before: steps,
    });
    assert.match(run.stdout, /^weather 9\.9\.9 station$/mu);
    assert.ok(existsSync(join(path, "releases", "9.9.9", "manifest.json")));
    const failing = await assembleVariant(
      umbrella,
      `steps: ["assemble", function sign() { throw new Error("no key"); }]`,
    );
    assert.equal(failing.run.code, 1);
    assert.match(failing.run.stderr, /step sign failed: .*no key/u);
  });

  test("steps: what one brings after the assembly is of the release, in its manifest and its archive", async () => {
    const steps = `
import { writeFileSync } from "node:fs";
const bring = (release) => {
  writeFileSync(release.path + "/lib/weather-" + release.version + "/brought.txt", "brought");
  return release;
};`;
    const { path, run } = await assembleVariant(umbrella, `steps: ["assemble", bring, "tar"]`, {
      before: steps,
    });
    assert.equal(run.code, 0, run.stderr);
    const release = weatherAt(path);
    assert.match(await release.printed("verify"), /, as assembled$/mu);
    await rm(join(path, "lib/weather-1.2.0/brought.txt"));
    const { code, stderr } = await release.run(["verify"]);
    assert.equal(code, 1);
    assert.match(stderr, /^lib\/weather-1\.2\.0\/brought\.txt is missing$/mu);
  });

  test("KV_ENV: another environment, in a folder of its own", async () => {
    const { run } = await assembleVariant(umbrella, "", { env: { KV_ENV: "test" } });
    assert.match(run.stdout, /^\* assembling weather-1\.2\.0 on KV_ENV=test\n/u);
    assert.ok(existsSync(join(umbrella.weather, "_build/test/rel/weather/releases/1.2.0")));
  });
});

/** A path with all that a machine has, but no Node. */
async function pathWithoutNode(): Promise<string> {
  const folder = join(umbrella.root, "no-node");
  await mkdir(folder, { recursive: true });
  const programs = (await readdir("/usr/bin")).filter((name) => !/^(?:node|npm|npx)/u.test(name));
  await Promise.all(programs.map((name) => symlink(join("/usr/bin", name), join(folder, name))));
  return folder;
}
