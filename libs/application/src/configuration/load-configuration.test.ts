import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  array,
  integer,
  maxValue,
  number,
  pipe,
  record,
  regex,
  strictObject,
  string,
} from "valibot";
import { openConfigFolder } from "../../testing/config-folder.ts";
import { scriptApplication } from "../../testing/scripted-application.ts";
import { isApplicationError } from "../errors.ts";
import type { SystemApplication } from "../plan.ts";
import type { Configuration } from "./configuration.ts";
import {
  type ConfigurationSources,
  configurationOf,
  loadConfiguration,
} from "./load-configuration.ts";

const kv = scriptApplication([], "kv", {
  environment: {
    engine: { schema: string(), default: "log", doc: "", compileTime: true },
    table: { schema: array(strictObject({ from: string() })), default: [], doc: "" },
  },
});

const server = scriptApplication([], "kv-server", {
  dependencies: [kv],
  environment: {
    port: { schema: pipe(number(), integer(), maxValue(65_535)), default: 4040, doc: "" },
    host: { schema: string("expected a host name"), default: "127.0.0.1", doc: "" },
    users: {
      schema: record(
        pipe(string(), regex(/^\S+$/u, "expected names without white space")),
        string(),
      ),
      default: {},
      doc: "",
      secret: true,
    },
    pin: { schema: number(), default: 0, doc: "", secret: true },
  },
  check: ({ host, users }) =>
    host === "0.0.0.0" && Object.keys(users).length === 0
      ? [{ key: "host", expected: "nobody has to log in; configure users" }]
      : [],
});

const applications: readonly SystemApplication[] = [{ application: server, mode: "permanent" }];

function fileText(body = "return {};"): string {
  return `export const config = ({ env, configEnv, node }) => {${body}};`;
}

interface Files {
  readonly config?: string;
  readonly runtime?: string;
}

/** Loads files whose `config` function has the given body, `return` and all. */
async function load(
  files: Files,
  sources: Partial<ConfigurationSources> = {},
): Promise<Configuration> {
  await using folder = await openConfigFolder({
    "config.mjs": fileText(files.config),
    "runtime.mjs": fileText(files.runtime),
  });
  return await loadConfiguration({
    applications,
    root: folder.path,
    configFile: "config.mjs",
    runtimeFile: "runtime.mjs",
    variables: {},
    configEnv: "test",
    node: { name: "foo", host: "here" },
    ...sources,
  });
}

/** Each entry of `application` as `key: value from origin`. */
function entries(configuration: Configuration, application: string): readonly string[] {
  const section = configuration.sections.get(application) ?? new Map();
  return [...section].map(
    ([key, { raw, origin }]) => `${key}: ${JSON.stringify(raw)} from ${origin}`,
  );
}

suite("precedence", () => {
  test("defaults < config < runtime < providers, each with its origin", async () => {
    const configuration = await load(
      {
        config: `return { "kv-server": { port: 1, host: "build-" + configEnv, users: { ann: "x" } } };`,
        runtime: `return { "kv-server": {
          port: env.integer("PORT"),
          host: env.string("HOST") ?? node.name + "." + node.host,
          users: { bob: env.string("BOB") } } };`,
      },
      {
        variables: { PORT: "", BOB: "y" },
        providers: [
          { name: "vault", load: (below) => ({ "kv-server": { pin: Object.keys(below).length } }) },
        ],
      },
    );
    assert.deepEqual(entries(configuration, "kv-server"), [
      "port: 1 from config.mjs",
      'host: "foo.here" from runtime.mjs',
      'users: {"ann":"x","bob":"y"} from config.mjs and BOB in runtime.mjs',
      "pin: 1 from provider vault",
    ]);
    assert.deepEqual(entries(configuration, "kv"), [
      'engine: "log" from default',
      "table: [] from default",
    ]);
  });

  test("a default is replaced, not merged", () => {
    const merged = scriptApplication([], "web", {
      environment: {
        users: { schema: record(string(), string()), default: { ann: "x" }, doc: "" },
      },
    });
    const listed = [{ application: merged, mode: "permanent" }] as const;
    const configuration = configurationOf(listed, { web: { users: { bob: "y" } } });
    assert.deepEqual(entries(configuration, "web"), ['users: {"bob":"y"} from given']);
  });

  test("what a provider learns when a release is built is what it is told at boot", async () => {
    const provider = {
      name: "vault",
      init: async () => ({ pin: 7 }),
      load: (_below: unknown, initial: unknown) => ({ "kv-server": Object(initial) }),
    };
    const configuration = await load({}, { providers: [provider] });
    assert.equal(configuration.sections.get("kv-server")?.get("pin")?.value, 7);
  });

  test("applications that are known, or left out, may be configured without being here", async () => {
    const listed: readonly SystemApplication[] = [
      { application: server, mode: "none" },
      { application: kv, mode: "load" },
    ];
    const configuration = await load(
      { config: `return { web: { anything: 1 }, "kv-server": { port: "?" } };` },
      { applications: listed, knownApplications: ["web"] },
    );
    assert.deepEqual([...configuration.sections.keys()], ["kv"]);
  });
});

function inRuntime(members: string): Files {
  return { runtime: `return { "kv-server": { ${members} } };` };
}

suite("the report", () => {
  const rows: Readonly<
    Record<string, readonly [Files, Partial<ConfigurationSources>, ...lines: string[]]>
  > = {
    "a malformed variable names its key": [
      inRuntime(`port: (env.integer("PORT", { min: 0, max: 65535 }) ?? 0) + 1`),
      { variables: { PORT: "abc" } },
      `PORT="abc": expected a whole number from 0 to 65535 (kv-server.port, read by runtime.mjs)`,
    ],
    "a malformed variable is reported once, however often it is read": [
      inRuntime(`port: env.integer("PORT") ?? env.integer("PORT") ?? 1`),
      { variables: { PORT: "abc" } },
      `PORT="abc": expected a whole number (kv-server.port, read by runtime.mjs)`,
    ],
    "a malformed variable of a secret is masked": [
      inRuntime(`pin: env.integer("PIN")`),
      { variables: { PIN: "hush" } },
      `PIN=********: expected a whole number (kv-server.pin, read by runtime.mjs)`,
    ],
    "a malformed variable for nobody knows what is masked": [
      { runtime: `env.integer("PIN"); return {};` },
      { variables: { PIN: "hush" } },
      `PIN=********: expected a whole number (read by runtime.mjs)`,
    ],
    "a variable that must be set": [
      inRuntime(`port: env.required("PORT")`),
      {},
      `PORT: it must be set (kv-server.port, read by runtime.mjs)`,
    ],
    "a variable at build time": [
      { config: `return { "kv-server": { port: env.integer("PORT") } };` },
      { variables: { PORT: "1" } },
      `PORT: a variable is read at every boot, in the runtime file, not when a release is built (kv-server.port, read by config.mjs)`,
    ],
    "a key that is misspelt": [
      inRuntime("prot: 1"),
      {},
      `kv-server.prot: no such key; did you mean port? known are port, host, users, pin (runtime.mjs)`,
    ],
    "a key that is like no other": [
      inRuntime("colour: 1"),
      {},
      `kv-server.colour: no such key; known are port, host, users, pin (runtime.mjs)`,
    ],
    "an application that is misspelt": [
      { config: `return { "kv-sever": { port: 1 } };` },
      {},
      `kv-sever: no such application; did you mean kv-server? known are kv, kv-server (config.mjs)`,
    ],
    "a value of the wrong type": [
      inRuntime(`port: "4040"`),
      {},
      `kv-server.port="4040": expected a number (runtime.mjs)`,
    ],
    "a value out of range, from a variable": [
      inRuntime(`port: env.integer("PORT")`),
      { variables: { PORT: "70000" } },
      `kv-server.port=70000: expected a number to 65535 (PORT in runtime.mjs)`,
    ],
    "a value that breaks an unnamed rule": [
      inRuntime(`port: 1.5`),
      {},
      `kv-server.port=1.5: expected a whole number (runtime.mjs)`,
    ],
    "a message of the declaration's own": [
      inRuntime(`host: 1`),
      {},
      `kv-server.host=1: expected a host name (runtime.mjs)`,
    ],
    "a value deep inside": [
      { config: `return { kv: { table: [{ from: "a" }, { from: 1 }] } };` },
      {},
      `kv.table.1.from=1: expected text (config.mjs)`,
    ],
    "a member that is missing, and one too many": [
      { config: `return { kv: { table: [{ form: "a" }] } };` },
      {},
      `kv.table.0.from: it is missing (config.mjs)`,
      `kv.table.0.form: no such member (config.mjs)`,
    ],
    "a secret deep inside": [
      inRuntime(`users: { ann: 12345 }`),
      {},
      `kv-server.users.ann: expected text (runtime.mjs)`,
    ],
    "a name inside a secret that is wrong itself": [
      inRuntime(`users: { "hush hush": "x" }`),
      {},
      `kv-server.users: expected names without white space (runtime.mjs)`,
    ],
    "a rule of the application": [
      inRuntime(`host: "0.0.0.0"`),
      {},
      `kv-server.host: nobody has to log in; configure users (runtime.mjs)`,
    ],
    "a rule is not judged by a key that is wrong itself": [
      inRuntime(`host: "0.0.0.0", users: 1`),
      {},
      `kv-server.users: expected an object (runtime.mjs)`,
    ],
    "a key that was fixed, in development": [
      {
        config: `return { kv: { engine: "log" } };`,
        runtime: `return { kv: { engine: "memory" } };`,
      },
      {},
      `kv.engine="memory": it was fixed to "log" when the system was built; take it out here, or build again (runtime.mjs)`,
    ],
    "a key that was fixed in a release": [
      {},
      { compileRecord: { kv: { engine: "memory" } } },
      `kv.engine="log": it was fixed to "memory" when the system was built; take it out here, or build again (default)`,
    ],
    "a file that is not there": [
      {},
      { runtimeFile: "nowhere.mjs" },
      `nowhere.mjs: there is no such file`,
    ],
    "a file that cannot be parsed": [
      { runtime: `\n\nreturn { oops` },
      {},
      `runtime.mjs: cannot be read: line 3: Unexpected end of input`,
    ],
    "a function that throws": [
      { runtime: `throw new Error("no idea\\nwhy");` },
      {},
      `runtime.mjs: it throws: no idea`,
    ],
    "a function that says nothing": [
      { runtime: "return 3;" },
      {},
      `runtime.mjs: expected an object with a member for each application`,
    ],
    "an application that is no object": [
      { runtime: "return { kv: 3 };" },
      {},
      `kv: expected an object with the application's keys (runtime.mjs)`,
    ],
    "a provider that throws": [
      {},
      { providers: [{ name: "vault", load: () => Promise.reject(new Error("sealed")) }] },
      `provider vault: it throws: sealed`,
    ],
    "everything at once": [
      {
        config: `return { "kv-server": { host: 1, users: { ann: 2 } }, vk: {} };`,
        runtime: `return { "kv-server": { port: env.integer("PORT"), pni: 1 } };`,
      },
      { variables: { PORT: "x" } },
      `PORT="x": expected a whole number (kv-server.port, read by runtime.mjs)`,
      `vk: no such application; did you mean kv? known are kv, kv-server (config.mjs)`,
      `kv-server.pni: no such key; did you mean pin? known are port, host, users, pin (runtime.mjs)`,
      `kv-server.host=1: expected a host name (config.mjs)`,
      `kv-server.users.ann: expected text (config.mjs)`,
    ],
  };
  for (const [title, [files, sources, ...lines]] of Object.entries(rows)) {
    test(title, async () => {
      await assert.rejects(load(files, sources), (error: Error) => {
        assert.ok(isApplicationError(error, "CONFIG_INVALID"));
        const [first] = lines;
        const headline = `Cannot start: the configuration has ${lines.length} problems:`;
        const expected =
          lines.length === 1
            ? `Cannot start: ${first}`
            : [headline, ...lines.map((line) => `  ${line}`)].join("\n");
        assert.equal(error.message, expected);
        return true;
      });
    });
  }

  test("a file without the export", async () => {
    await using folder = await openConfigFolder({
      "config.mjs": "export const configuration = 1;",
    });
    const loading = load({}, { root: folder.path, runtimeFile: undefined });
    const message = "Cannot start: config.mjs: expected it to export a function named config";
    await assert.rejects(loading, { message });
  });

  test("a file that imports one that cannot be parsed", async () => {
    await using folder = await openConfigFolder({
      "config.mjs": `export { config } from "./dev.ts";`,
      "dev.ts": "export const config =\n  (: any) => 1;\n",
    });
    const loading = load({}, { root: folder.path, runtimeFile: undefined });
    await assert.rejects(loading, {
      message: "Cannot start: config.mjs: cannot be read: dev.ts:2: Expression expected",
    });
  });

  test("a file that imports what is not there", async () => {
    await using folder = await openConfigFolder({
      "config.mjs": `import { nope } from "./dev.ts"; export const config = nope;`,
      "dev.ts": "",
    });
    const loading = load({}, { root: folder.path, runtimeFile: undefined });
    await assert.rejects(loading, {
      message:
        "Cannot start: config.mjs: cannot be read: line 1: The requested module './dev.ts' does not provide an export named 'nope'",
    });
  });

  test("a file in TypeScript that cannot be parsed", async () => {
    await using folder = await openConfigFolder({
      "config.ts": "export const config = (: any) => 1;\n",
    });
    const loading = load(
      {},
      { root: folder.path, configFile: "config.ts", runtimeFile: undefined },
    );
    await assert.rejects(loading, {
      message: "Cannot start: config.ts: cannot be read: line 1: Expression expected",
    });
  });

  test("a file in JavaScript that cannot be parsed, also below a folder with a space", async () => {
    await using folder = await openConfigFolder({ "a b.mjs": "\nexport const config = (;\n" });
    const loading = load({}, { root: folder.path, configFile: "a b.mjs", runtimeFile: undefined });
    await assert.rejects(loading, {
      message: "Cannot start: a b.mjs: cannot be read: line 2: Unexpected token ';'",
    });
  });
});
