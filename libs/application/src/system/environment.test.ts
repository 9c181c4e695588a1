import assert from "node:assert/strict";
import { test } from "node:test";
import { maxValue, number, pipe, record, string, transform } from "valibot";
import { scriptApplication } from "../../testing/scripted-application.ts";
import { configurationOf } from "../configuration/load-configuration.ts";
import type { ConfigurationValues } from "../configuration/values.ts";
import { isApplicationError } from "../errors.ts";
import type { SystemApplication } from "../plan.ts";
import { startSystem } from "./start-system.ts";
import type { System } from "./system.ts";

const environment = {
  port: { schema: pipe(number(), maxValue(65_535)), default: 4040, doc: "" },
  table: {
    schema: pipe(
      string(),
      transform((text) => text.split(",")),
    ),
    default: "a",
    doc: "",
  },
  size: { schema: number(), default: 1, doc: "", compileTime: true },
  host: { schema: string(), default: "127.0.0.1", doc: "", startOnly: true },
  users: { schema: record(string(), string()), default: {}, doc: "", secret: true },
};

const kv = scriptApplication([], "kv", {
  environment,
  check: ({ port, table }) =>
    port === table.length ? [{ key: "table", expected: "expected less of them" }] : [],
});

const applications: readonly SystemApplication[] = [{ application: kv, mode: "permanent" }];

function start(values: ConfigurationValues = {}): Promise<System> {
  return startSystem({ applications, configuration: configurationOf(applications, values) });
}

test("a test puts another value and puts the old one back", async () => {
  await using system = await start({ kv: { table: "a,b" } });
  const before = system.getEnv("kv", "table");
  system.putEnv("kv", "table", "x,y,z");
  assert.deepEqual(kv.context().environment["table"], ["x", "y", "z"]);
  system.putEnv("kv", "table", before);
  assert.deepEqual(kv.context().environment["table"], ["a", "b"]);
  assert.equal(system.getEnv("kv", "table"), "a,b");
});

test("a put concerns one system, also of two with one configuration", async () => {
  const configuration = configurationOf(applications);
  await using one = await startSystem({ applications, configuration });
  await using two = await startSystem({ applications, configuration });
  one.putEnv("kv", "port", 1234);
  assert.equal(one.environment(kv)["port"], 1234);
  assert.equal(two.environment(kv)["port"], 4040);
  assert.equal(two.getEnv("kv", "port"), 4040);
});

test("fetchEnv() tells a missing key from one that is there", async () => {
  await using system = await start();
  assert.deepEqual(system.fetchEnv("kv", "port"), { type: "found", value: 4040 });
  assert.deepEqual(system.fetchEnv("kv", "prot"), { type: "missing" });
  assert.deepEqual(system.fetchEnv("vk", "port"), { type: "missing" });
  assert.equal(system.getEnv("vk", "port"), undefined);
});

test("entries() tell where a value came from, a put too", async () => {
  await using system = await start({ kv: { port: 5 } });
  const origins = () => [...(system.entries("kv") ?? [])].map(([key, { origin }]) => [key, origin]);
  assert.deepEqual(origins().slice(0, 2), [
    ["port", "given"],
    ["table", "default"],
  ]);
  system.putEnv("kv", "port", 2);
  assert.deepEqual(origins()[0], ["port", "put"]);
});

const refusals = [
  [
    "ENVIRONMENT_REFUSED",
    "kv",
    "port",
    70_000,
    "Cannot put kv.port: expected a number to 65535, got 70000",
  ],
  ["ENVIRONMENT_REFUSED", "kv", "port", "1", 'Cannot put kv.port: expected a number, got "1"'],
  ["ENVIRONMENT_REFUSED", "kv", "port", 1, "Cannot put kv.port: kv.table: expected less of them"],
  [
    "ENVIRONMENT_REFUSED",
    "kv",
    "users",
    { ann: 7 },
    "Cannot put kv.users: kv.users.ann: expected text",
  ],
  [
    "ENVIRONMENT_FIXED",
    "kv",
    "size",
    2,
    "Cannot put kv.size: it was fixed when the system was built",
  ],
  [
    "ENVIRONMENT_START_ONLY",
    "kv",
    "host",
    "localhost",
    "Cannot put kv.host: it is read at the start only; set it in config/runtime.ts and restart",
  ],
  [
    "ENVIRONMENT_UNKNOWN",
    "kv",
    "prot",
    1,
    "Cannot put kv.prot: there is no such one; there are port, table, size, host, users",
  ],
  [
    "ENVIRONMENT_UNKNOWN",
    "kv",
    "toString",
    1,
    "Cannot put kv.toString: there is no such one; there are port, table, size, host, users",
  ],
  [
    "ENVIRONMENT_UNKNOWN",
    "vk",
    "port",
    1,
    "Cannot put vk.port: there is no such one; there are kv",
  ],
] as const;

for (const [code, application, key, value, message] of refusals) {
  test(`putEnv() refuses: ${message}`, async () => {
    await using system = await start();
    const before = { ...kv.context().environment };
    assert.throws(
      () => system.putEnv(application, key, value),
      (error: Error) => {
        assert.ok(isApplicationError(error, code));
        assert.equal(error.message, message);
        return true;
      },
    );
    assert.deepEqual(kv.context().environment, before);
    assert.equal(system.getEnv("kv", "port"), 4040);
  });
}
