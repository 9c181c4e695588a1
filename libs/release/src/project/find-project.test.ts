import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openProjectFolder, umbrellaFiles } from "../../testing/project-folder.ts";
import { findProject } from "./find-project.ts";
import { loadApplication } from "./load-application.ts";

const manifest = (members: object): string => JSON.stringify({ name: "toy", ...members });
const application = { module: "./a.ts", export: "a" };

async function namesIn(path: string): Promise<readonly string[]> {
  return (await findProject(path)).applications.map(({ name }) => name);
}

test("an umbrella has the applications of its workspaces, and no other package", async () => {
  await using folder = await openProjectFolder({
    ...umbrellaFiles,
    "apps/plain/package.json": manifest({ version: "1.0.0" }),
    "libs/stray/package.json": manifest({ application }),
  });
  const project = await findProject(folder.path);
  const { root, name, version, isUmbrella } = project;
  assert.deepEqual([root, name, version, isUmbrella], [folder.path, "toys", "1.0.0", true]);
  assert.deepEqual(
    project.applications.map((found) => [found.name, found.packageName, found.version]),
    [
      ["door", "@toy/door", "3.2.1"],
      ["store", "@toy/store", "3.2.1"],
    ],
  );
  const [door] = project.applications;
  assert.equal(door?.module, join(folder.path, "apps/door/src/application.ts"));
});

test("a workspace that makes releases of its own is another project, with all that is in it", async () => {
  const dependencies = { "@kv/release": "0.1.0" };
  await using folder = await openProjectFolder({
    ...umbrellaFiles,
    "package.json": manifest({ workspaces: ["apps/*", "examples/*", "examples/*/apps/*"] }),
    "examples/one/package.json": manifest({ name: "one", dependencies, application }),
    "examples/two/package.json": manifest({ name: "two", dependencies }),
    "examples/two/apps/inner/package.json": manifest({ name: "@two/inner", application }),
  });
  assert.deepEqual(await namesIn(folder.path), ["door", "store"]);
  assert.deepEqual(await namesIn(join(folder.path, "examples/one")), ["one"]);
});

test("a project may be an application itself", async () => {
  await using folder = await openProjectFolder({
    "package.json": manifest({ name: "@me/greeter", application }),
  });
  const { isUmbrella, name, version, applications } = await findProject(folder.path);
  assert.deepEqual([isUmbrella, name, version], [false, "greeter", "0.0.0"]);
  assert.deepEqual(
    applications.map((found) => found.name),
    ["greeter"],
  );
});

test("what is no project is refused in one sentence", async () => {
  for (const [files, message] of [
    [{}, /^There is no package\.json in .*; run it in the folder of a project$/u],
    [{ "package.json": "{" }, /^package\.json cannot be used: /u],
    [{ "package.json": "{}" }, /^package\.json cannot be used: /u],
    [{ "package.json": manifest({}) }, /^There is no application to release: /u],
    [
      { "package.json": manifest({ application: { module: "./a.ts" } }) },
      /^package\.json cannot be used: "application" is not \{"module"/u,
    ],
    [
      { "package.json": manifest({ application: "./a.ts" }) },
      /^package\.json cannot be used: "application" is not \{"module"/u,
    ],
  ] as const) {
    await using folder = await openProjectFolder(files);
    await assert.rejects(findProject(folder.path), { code: "RELEASE_REFUSED", message });
  }
});

test("an application that is not what its package.json says is refused, with the package", async () => {
  const there = { name: "toy", packageName: "@me/toy", version: "1.0.0", exportName: "toy" };
  for (const [text, message] of [
    ["export const other = 1;", /^The package\.json of @me\/toy says that its application is exp/u],
    [
      `export const toy = { name: "boy", environment: {}, dependencies: [], start() {} };`,
      /^The application of @me\/toy is called "boy"; it has to have its package's name, toy$/u,
    ],
    ["export const = 1;", /^The application toy cannot be loaded: /u],
    [`throw new Error("no");`, /^The application toy cannot be loaded: .*no/u],
  ] as const) {
    await using folder = await openProjectFolder({ "a.ts": text });
    const module = join(folder.path, "a.ts");
    await assert.rejects(loadApplication({ ...there, module }), { message });
  }
});
