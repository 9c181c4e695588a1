import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { type Files, openHouse, quietAssembly } from "../../testing/house.ts";
import type { ReleaseDefinition } from "../definition/release-definition.ts";
import { versionFolder } from "../layout.ts";
import { type BuildRecord, parseBuildRecord } from "./build-record.ts";
import { writeBuildRecord } from "./write-build-record.ts";

interface Written {
  readonly text: string;
  readonly record: BuildRecord;
  readonly said: readonly string[];
}

/** Builds the record of a release whose config.ts has the function body `config`. */
async function build(
  config = "return {};",
  { files = {}, ...definition }: ReleaseDefinition & { readonly files?: Files } = {},
): Promise<Written> {
  await using house = await openHouse({
    "config/config.ts": `export const config = ({ configEnv, env }) => { ${config} };`,
    ...files,
  });
  const release = await house.release(definition);
  const said: string[] = [];
  await writeBuildRecord(release, quietAssembly(said));
  const text = await readFile(join(versionFolder(release), "build.json"), "utf8");
  const record = parseBuildRecord(text);
  if (typeof record === "string") assert.fail(record);
  assert.ok(!text.includes(house.root), "it names a folder of this machine");
  return { text, record, said };
}

/** A module with a provider that knows its own name. */
function provider(name: string): string {
  return `export const ${name} = { name: "${name}", init: () => ({ at: "${name}" }), load: () => ({}) };`;
}

suite("writeBuildRecord()", () => {
  test("fixes what config.ts says for the environment, and what is in the release", async () => {
    const { record, said } = await build(
      "return { lamp: { colour: configEnv, watts: 7 }, shade: { x: 1 }, logger: { level: 'warn' } };",
    );
    assert.deepEqual(record, {
      name: "lamp",
      version: "1.2.0",
      command: "house",
      configEnv: "prod",
      nodeVersion: process.versions.node,
      target: "linux-x64",
      validateCompileEnv: true,
      runtimeFile: "runtime.mjs",
      configuration: {
        configFile: "config/config.ts",
        values: {
          lamp: { colour: "prod", watts: 7 },
          shade: { x: 1 },
          logger: { level: "warn" },
        },
        initials: {},
        compileRecord: { lamp: { watts: 7 }, logger: {}, control: {} },
      },
      applications: [{ name: "lamp", mode: "permanent", version: "1.2.0" }],
      knownApplications: ["shade"],
    });
    assert.deepEqual(said, ["fixing what config/config.ts says for prod"]);
  });

  test("says which secrets it makes known", async () => {
    const { said } = await build(
      "return { lamp: { key: 'k', colour: 'red' }, control: { cookie: 'c' } };",
    );
    const told =
      "a secret that everybody can read in build.json now; a runtime file need not hold it";
    assert.deepEqual(said.slice(1), [
      `config/config.ts says lamp.key, ${told}`,
      `config/config.ts says control.cookie, ${told}`,
    ]);
  });

  test("is the same text for the same project, wherever it lies", async () => {
    const config = "return { lamp: { colour: configEnv } };";
    assert.equal((await build(config)).text, (await build(config)).text);
  });

  test("says that there is no runtime file", async () => {
    assert.equal(
      (await build("return {};", { runtimeConfigPath: false })).record.runtimeFile,
      null,
    );
  });

  test("keeps what the providers' init answers, in their order", async () => {
    const { record } = await build("return {};", {
      files: { "vault.ts": provider("vault"), "tree.ts": provider("tree") },
      configProviders: [
        { module: "./vault.ts", name: "vault" },
        { module: "./tree.ts", name: "tree" },
      ],
    });
    assert.deepEqual(Object.entries(record.configuration.initials), [
      ["vault", { at: "vault" }],
      ["tree", { at: "tree" }],
    ]);
  });

  test("refuses all that is wrong in one report", async () => {
    const problem = build(
      "return { lamp: { colour: () => 1, watts: 'x', size: 1 }, lmap: {}, logger: { level: 1n } };",
      {
        files: {
          "vault.ts": `export const vault = { name: "vault", init() { throw new Error("sealed"); }, load: () => ({}) };`,
        },
        configProviders: [{ module: "./vault.ts", name: "vault" }],
      },
    );
    const json =
      "expected what JSON can hold, since a release is built with what it is now; anything else is for the runtime file (config/config.ts)";
    await assert.rejects(problem, {
      code: "RELEASE_REFUSED",
      message: [
        "Cannot assemble lamp: the configuration has 6 problems:",
        `  lamp.colour: ${json}`,
        `  logger.level: ${json}`,
        "  lmap: no such application; did you mean lamp? known are lamp, logger, control, shade (config/config.ts)",
        "  lamp.size: no such key; known are colour, watts, key (config/config.ts)",
        '  lamp.watts="x": expected a number (config/config.ts)',
        "  provider vault: it throws: sealed",
      ].join("\n"),
    });
  });

  test("refuses to read variables of the operating system", async () => {
    await assert.rejects(build("return { lamp: { colour: env.string('HOME') } };"), {
      message:
        "Cannot assemble lamp: HOME: a variable is read at every boot, in the runtime file, not when a release is built (lamp.colour, read by config/config.ts)",
    });
  });

  test("leaves to the boot what config.ts need not say", async () => {
    const files = {
      "apps/lamp/lamp.ts": `
import { string } from "valibot";
export const lamp = {
  name: "lamp", description: "", dependencies: [],
  environment: { key: { schema: string(), default: undefined, doc: "" }, lock: { schema: string(), default: "", doc: "" } },
  check: () => [{ key: "key", expected: "expected another one" }],
  start: async () => ({}),
};`,
    };
    const { record } = await build("return { lamp: { lock: 'a' } };", { files });
    assert.deepEqual(record.configuration.values, { lamp: { lock: "a" } });
  });

  const absent: readonly (readonly [reference: { module: string; name: string }, RegExp])[] = [
    [
      { module: "./vault.ts", name: "valut" },
      /^the config provider valut of \.\/vault\.ts is not there: it exports vault$/u,
    ],
    [
      { module: "./none.ts", name: "vault" },
      /^the config provider vault of \.\/none\.ts cannot be loaded: Cannot find module/u,
    ],
    [
      { module: "no-such-package", name: "vault" },
      /^the config provider vault of no-such-package cannot be loaded: Cannot find module/u,
    ],
  ];
  for (const [reference, message] of absent) {
    test(`refuses the provider ${reference.name} of ${reference.module}`, async () => {
      const files = { "vault.ts": "export const vault = {};" };
      const problem = build("return {};", { files, configProviders: [reference] });
      await assert.rejects(problem, { code: "RELEASE_REFUSED", message });
    });
  }
});
