import assert from "node:assert/strict";
import { test } from "node:test";
import {
  applicationFiles,
  openProjectFolder,
  umbrellaFiles,
} from "../../testing/project-folder.ts";
import { findProject } from "../project/find-project.ts";
import type { Release } from "../release.ts";
import { targetOf } from "../runtime/targets.ts";
import { chooseRelease } from "./load-releases.ts";
import { resolveRelease } from "./resolve-release.ts";

const wishes = { configEnv: "prod", target: targetOf("linux-x64"), nodeVersion: "26.10.0" };

/** The release `name` of an umbrella whose releases.ts is `releases`. */
async function resolveIn(
  releases: string | undefined,
  name?: string,
  further: Readonly<Record<string, string>> = {},
): Promise<Release> {
  const said = releases === undefined ? {} : { "releases.ts": releases };
  await using folder = await openProjectFolder({ ...umbrellaFiles, ...further, ...said });
  const project = await findProject(folder.path);
  return await resolveRelease(project, await chooseRelease(project, name), wishes);
}

const one = (definition: string): string => `export const releases = { one: ${definition} };`;

test("a release has its applications in the order of their start, with what they need", async () => {
  const release = await resolveIn(one(`{ applications: { door: "transient" } }`));
  const applications = release.applications.map(({ name, mode }) => [name, mode]);
  assert.deepEqual(applications, [
    ["store", "transient"],
    ["door", "transient"],
  ]);
  assert.equal(release.name, "one");
  assert.equal(release.version, "1.0.0");
  assert.ok(release.path.endsWith("/_build/prod/rel/one"));
});

test("all options have mix's defaults", async () => {
  const { options, project } = await resolveIn(one(`{ applications: { store: "permanent" } }`));
  assert.deepEqual(options, {
    quiet: false,
    cookie: undefined,
    includeRuntime: true,
    sourceMaps: false,
    validateCompileEnv: true,
    configFile: undefined,
    runtimeConfigFile: undefined,
    configProviders: [],
    overlays: [],
    templates: `${project.root}/rel`,
    executables: ["unix"],
    steps: ["assemble"],
    proof: {},
  });
});

test("files that are where they are looked for are taken", async () => {
  const { options, project } = await resolveIn(one(`{ applications: { store: "load" } }`), "one", {
    "config/config.ts": "",
    "config/runtime.ts": "",
    "rel/overlays/a": "",
  });
  const { configFile, runtimeConfigFile, overlays } = options;
  assert.equal(configFile, `${project.root}/config/config.ts`);
  assert.equal(runtimeConfigFile, `${project.root}/config/runtime.ts`);
  assert.deepEqual(overlays, [`${project.root}/rel/overlays`]);
});

test("a release may be a function, and have an application's version", async () => {
  const release = await resolveIn(
    one(
      `async () => ({ applications: { store: "permanent" }, version: { fromApplication: "store" } })`,
    ),
  );
  assert.equal(release.version, "3.2.1");
});

test("a single application's project needs no releases.ts", async () => {
  const [manifest = "", source = ""] = Object.values(applicationFiles("greeter"));
  await using folder = await openProjectFolder({
    "package.json": manifest,
    "src/application.ts": source,
  });
  const project = await findProject(folder.path);
  const release = await resolveRelease(project, await chooseRelease(project, undefined), wishes);
  assert.equal(release.name, "greeter");
  assert.deepEqual(
    release.applications.map(({ name, mode }) => [name, mode]),
    [["greeter", "permanent"]],
  );
  await assert.rejects(chooseRelease(project, "other"), {
    message: 'There is no release "other"; without releases.ts there is only greeter',
  });
});

test("whatever cannot be released is said in one message, with the way out", async () => {
  const two = `export const releases = { foo: {}, bar: {} };`;
  for (const [releases, name, message] of [
    [two, undefined, "There are several releases: foo, bar; say which one"],
    [two, "fo", 'There is no release "fo"; did you mean foo? there are foo, bar'],
    [two, "quux", 'There is no release "quux"; there are foo, bar'],
    [
      undefined,
      undefined,
      /^An umbrella has several.*\n.*releases\.ts[^]*door: "permanent", store/u,
    ],
    ["export const releases = {};", undefined, /^An umbrella has several applications/u],
    ["export const other = 1;", undefined, /^releases\.ts has to export an object named releases/u],
    ["export const = 1;", undefined, /^releases\.ts cannot be read: /u],
    [
      `export const releases = { "A b": {} };`,
      undefined,
      /^"A b" cannot be the name of a release/u,
    ],
    [
      one(`() => { throw new Error("no"); }`),
      undefined,
      /^The function that makes the release one/u,
    ],
    [one("{}"), undefined, /^The release one does not say which applications.*door, store$/u],
    [one("{ applications: {} }"), undefined, /^The release one does not say which applications/u],
    [
      one(`{ applications: { dor: "permanent" } }`),
      undefined,
      "The release one names the application dor, which is not there; did you mean door? there are door, store",
    ],
    [
      one(`{ applications: { door: "permanent", store: "load" } }`),
      undefined,
      "The release one starts door, which needs store, and has store as load: give store a mode that starts it, or door the mode load or none",
    ],
    [
      one(`{ applications: { store: "permanent" }, runtimeConfigPath: "a.ts" }`),
      undefined,
      'The release one has runtimeConfigPath: "a.ts", which is not there',
    ],
    [
      one(`{ applications: { store: "forever" }, quit: true, version: 1, steps: ["tar"] }`),
      undefined,
      /^The release one cannot be made as releases\.ts has it: (?=.*applications\.store: expected permanent)(?=.*did you mean quiet)(?=.*version: expected a version)/u,
    ],
    [
      one(`{ version: "..", proof: 3 }`),
      undefined,
      /: version: expected a version such as "1\.2\.3", or \{ fromApplication: NAME \}; proof: expected \{ v/u,
    ],
    [
      one(`{ proof: { prove: () => 0 } }`),
      undefined,
      /: proof\.prove: expected \{ variables, ask \}, both functions$/u,
    ],
    [
      one(`{ applications: { store: "permanent" }, steps: ["tar", "assemble"] }`),
      undefined,
      /: steps: expected "tar" behind "assemble"$/u,
    ],
  ] as const) {
    await assert.rejects(resolveIn(releases, name), { code: "RELEASE_REFUSED", message });
  }
});

test("no version and no environment lead out of the release's folder, whoever says them", async () => {
  await using folder = await openProjectFolder({
    ...umbrellaFiles,
    "releases.ts": one(`{ applications: { store: "permanent" } }`),
  });
  const project = await findProject(folder.path);
  const chosen = await chooseRelease(project, "one");
  for (const version of ["..", ".", "a/b", "", "-1", "COOKIE", "default-version"]) {
    const message = /cannot be the version of a release/u;
    await assert.rejects(resolveRelease(project, chosen, { ...wishes, version }), { message });
    await assert.rejects(resolveRelease({ ...project, version }, chosen, wishes), { message });
    const definition = JSON.stringify({ applications: { store: "permanent" }, version });
    await assert.rejects(resolveIn(one(definition)), { message: /version: expected a version/u });
  }
  for (const configEnv of ["", "..", "../x"]) {
    const message = /^KV_ENV is "[./x]*", which cannot be an environment/u;
    await assert.rejects(resolveRelease(project, chosen, { ...wishes, configEnv }), { message });
  }
});
