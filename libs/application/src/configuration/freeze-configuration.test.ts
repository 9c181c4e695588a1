import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { any, number, object, pipe, minValue, string } from "valibot";
import { openConfigFolder } from "../../testing/config-folder.ts";
import { scriptApplication } from "../../testing/scripted-application.ts";
import { isApplicationError } from "../errors.ts";
import type { SystemApplication } from "../plan.ts";
import type { Configuration } from "./configuration.ts";
import {
  type FreezeSources,
  freezeConfiguration,
  type FrozenConfiguration,
} from "./freeze-configuration.ts";
import { type ConfigurationSources, loadConfiguration } from "./load-configuration.ts";

const lamp = scriptApplication([], "lamp", {
  environment: {
    colour: { schema: string(), default: "white", doc: "" },
    watts: { schema: pipe(number(), minValue(1)), default: 5, doc: "", compileTime: true },
    any: { schema: any(), default: undefined, doc: "" },
    needed: { schema: object({ a: string() }), default: undefined, doc: "" },
  },
  check: ({ colour }) => (colour === "red" ? [{ key: "colour", expected: "expected calm" }] : []),
});

const applications: readonly SystemApplication[] = [{ application: lamp, mode: "permanent" }];

const report = "CONFIG_INVALID";

/** Freezes what a config.mjs with this function body says. */
async function freeze(
  body: string,
  sources: Partial<FreezeSources> = {},
): Promise<FrozenConfiguration> {
  await using folder = await openConfigFolder({
    "config.mjs": `export const config = ({ configEnv }) => { ${body} };`,
  });
  const frozen = await freezeConfiguration({
    applications,
    root: folder.path,
    configFile: "config.mjs",
    configEnv: "prod",
    ...sources,
  });
  // What a boot reads is what was written.
  return { configFile: frozen.configFile, ...JSON.parse(JSON.stringify(frozen)) };
}

/** Boots with what was frozen, and a runtime.mjs with this function body. */
async function boot(
  frozen: FrozenConfiguration,
  body = "return { lamp: { needed: { a: '' } } };",
  sources: Partial<ConfigurationSources> = {},
): Promise<Configuration> {
  await using folder = await openConfigFolder({
    "runtime.mjs": `export const config = ({ env }) => { ${body} };`,
  });
  return await loadConfiguration({
    applications,
    frozen,
    root: folder.path,
    runtimeFile: "runtime.mjs",
    configEnv: "prod",
    variables: {},
    node: { name: "lamp", host: "here" },
    ...sources,
  });
}

function entryOf(configuration: Configuration, key: string): unknown {
  const entry = configuration.sections.get("lamp")?.get(key);
  return [entry?.raw, entry?.origin];
}

suite("freezeConfiguration()", () => {
  test("keeps what the build-time file says for the environment, and boots with its name", async () => {
    const frozen = await freeze("return { lamp: { colour: configEnv, any: undefined } };");
    assert.deepEqual(frozen, {
      configFile: "config.mjs",
      values: { lamp: { colour: "prod" } },
      initials: {},
      compileRecord: { lamp: { watts: 5 } },
    });
    assert.deepEqual(entryOf(await boot(frozen), "colour"), ["prod", "config.mjs"]);
  });

  test("keeps nothing where there is no such file", async () => {
    const frozen = await freeze("", { configFile: undefined });
    assert.deepEqual([frozen.configFile, frozen.values], [undefined, {}]);
    assert.deepEqual(entryOf(await boot(frozen), "colour"), ["white", "default"]);
  });

  test("leaves to a boot what is not said yet, and rules over several keys", async () => {
    const frozen = await freeze("return { lamp: { colour: 'red' } };");
    const twice = boot(frozen, "return {};");
    await assert.rejects(twice, {
      message: /^Cannot start: lamp\.needed=undefined: expected an object/u,
    });
    const red = boot(frozen);
    await assert.rejects(red, { message: "Cannot start: lamp.colour: expected calm (config.mjs)" });
    await boot(frozen, "return { lamp: { colour: 'blue', needed: { a: '' } } };");
  });

  test("runs init of the providers once, and load at every boot", async () => {
    let inits = 0;
    const provider = {
      name: "vault",
      init: () => ({ address: `vault ${++inits}` }),
      load: (_below: unknown, initial: unknown) => ({ lamp: { any: initial } }),
    };
    const frozen = await freeze("return {};", { providers: [provider] });
    for (const time of ["first", "second"]) {
      const entry = entryOf(await boot(frozen, undefined, { providers: [provider] }), "any");
      assert.deepEqual(entry, [{ address: "vault 1" }, "provider vault"], time);
    }
    assert.equal(inits, 1);
  });

  test("refuses what a provider's init answers that JSON cannot hold", async () => {
    const providers = [{ name: "vault", init: () => new Map(), load: () => ({}) }];
    await assert.rejects(freeze("return {};", { providers }), {
      message: /^Cannot start: provider vault: expected what JSON can hold/u,
    });
  });

  const refused = [
    "NaN",
    "Infinity",
    "-0",
    "1n",
    "() => 1",
    "Symbol()",
    "new Date(0)",
    "new Map()",
    "new Set([1])",
    "/a/",
    "Buffer.from([1])",
    "[undefined]",
    "[,1]",
    "{ a: [{ b: () => 1 }] }",
    "(() => { const a = {}; a.a = a; return a; })()",
    "(() => { const a = []; a.push(a); return a; })()",
    "Promise.resolve(1)",
    "Object.assign([1], { a: 1 })",
    "new String('a')",
  ];
  for (const value of refused) {
    test(`refuses ${value}, which JSON cannot hold, by its key`, async () => {
      await assert.rejects(freeze(`return { lamp: { any: ${value} } };`), (error) => {
        assert.ok(isApplicationError(error, report));
        const [problem, ...more] = error.details.problems;
        assert.deepEqual([problem?.subject, problem?.origin, more], ["lamp.any", "config.mjs", []]);
        return true;
      });
    });
  }

  test("a boot has what was said, or the build was refused: whatever the value is", async () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        Object.assign(globalThis, { frozenValue: value });
        const frozen = await freeze("return { lamp: { any: globalThis.frozenValue } };").catch(
          (error) => {
            if (isApplicationError(error, report)) return undefined;
            throw error;
          },
        );
        if (frozen === undefined) return;
        const runtime = `return { lamp: { needed: { a: "" } } };`;
        const [raw] = [entryOf(await boot(frozen, runtime), "any")].flat();
        const live = await boot({ ...frozen, values: { lamp: { any: value } } }, runtime);
        assert.deepStrictEqual(raw, [entryOf(live, "any")].flat()[0]);
      }),
      { numRuns: 200 },
    );
  });
});

suite("keys that are fixed when a release is built", () => {
  test("hold what defaults and the build-time file said", async () => {
    const frozen = await freeze("return { lamp: { watts: 7 } };");
    assert.deepEqual(frozen.compileRecord, { lamp: { watts: 7 } });
    assert.deepEqual(entryOf(await boot(frozen), "watts"), [7, "config.mjs"]);
    await boot(frozen, "return { lamp: { watts: 7, needed: { a: '' } } };");
  });

  const contradiction = "return { lamp: { watts: 8, needed: { a: '' } } };";

  test("are not to be contradicted at a boot", async () => {
    const frozen = await freeze("return { lamp: { watts: 7 } };");
    await assert.rejects(boot(frozen, contradiction), {
      message:
        "Cannot start: lamp.watts=8: it was fixed to 7 when the system was built; take it out here, or build again (runtime.mjs)",
    });
  });

  test("may be contradicted where nobody is to look", async () => {
    const frozen = await freeze("return { lamp: { watts: 7 } };");
    const configuration = await boot(frozen, contradiction, { compileRecord: "unchecked" });
    assert.deepEqual(entryOf(configuration, "watts"), [8, "runtime.mjs"]);
  });

  test("are refused when they cannot be used", async () => {
    const message = "Cannot start: lamp.watts=0: expected a number from 1 (config.mjs)";
    await assert.rejects(freeze("return { lamp: { watts: 0 } };"), { message });
  });
});

suite("what is given", () => {
  test("holds where no file says anything, instead of the default", async () => {
    const given = [
      { source: "first", values: { lamp: { colour: "green", watts: 5, any: 1 } } },
      { source: "VARIABLE", values: { lamp: { any: 2 } } },
    ];
    const frozen = await freeze("return { lamp: { colour: 'blue' } };");
    const configuration = await boot(frozen, undefined, { given });
    assert.deepEqual(entryOf(configuration, "colour"), ["blue", "config.mjs"]);
    assert.deepEqual(entryOf(configuration, "any"), [2, "VARIABLE"]);
  });
});
