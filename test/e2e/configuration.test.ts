import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { loadConfiguration } from "@kv/application";
import { kv } from "@kv/kv";
import { kvServer } from "@kv/kv-server";
import { checkout } from "../harness/checkout.ts";
import { LineClient } from "../harness/line-client.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";

/** A copy of the shipped configuration folder, as a person makes one to edit it. */
async function copyConfig(home: NodeHome): Promise<string> {
  const directory = join(home.path, "config");
  await cp(join(checkout, "config"), directory, { recursive: true });
  return directory;
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, "utf8");
  assert.ok(text.includes(from), `${file} holds "${from}"`);
  await writeFile(file, text.replace(from, to));
}

suite("config/runtime.ts", () => {
  test("without any variable: 127.0.0.1:4040, data/kv, every bucket on the node itself", async () => {
    const { sections } = await loadConfiguration({
      applications: [
        { application: kv, mode: "permanent" },
        { application: kvServer, mode: "permanent" },
      ],
      knownApplications: ["logger", "control"],
      root: checkout,
      configFile: "config/config.ts",
      runtimeFile: "config/runtime.ts",
      configEnv: "dev",
      variables: {},
      node: { name: "kv", host: "lab" },
    });
    const valueOf = (application: string, key: string): unknown =>
      sections.get(application)?.get(key)?.value;
    assert.equal(valueOf("kv-server", "host"), "127.0.0.1");
    assert.equal(valueOf("kv-server", "port"), 4040);
    assert.equal(valueOf("kv-server", "respPort"), "next");
    assert.equal(valueOf("kv", "dataDir"), "data");
    assert.equal(valueOf("kv", "node"), "kv");
    assert.deepEqual(valueOf("kv", "routingTable"), [{ from: 0, to: 255, node: "self" }]);
  });

  test("decides: a copy that reads another variable is obeyed", async () => {
    await using home = await openNodeHome();
    const configDirectory = await copyConfig(home);
    const runtime = join(configDirectory, "runtime.ts");
    await edit(runtime, `env.string("KV_ROUTING_TABLE")`, `env.string("MY_TABLE")`);
    const env = { KV_ROUTING_TABLE: "a-z=self", MY_TABLE: "a-z=bar@elsewhere" };
    const { port } = await home.start({ env, configDirectory });
    await using client = await LineClient.connect(port);
    assert.deepEqual(await client.ask("CREATE shopping"), ["ERROR no connection to bar@elsewhere"]);
  });

  test("reads the variables: without them the shipped values hold", async () => {
    await using home = await openNodeHome();
    const { port } = await home.start({ env: { KV_ROUTING_TABLE: undefined } });
    await using client = await LineClient.connect(port);
    assert.deepEqual(await client.ask("CREATE \u0000\u00ff"), ["OK"]);
  });

  test("with an error in it is named, with the line, and without our stack", async () => {
    await using home = await openNodeHome();
    const configDirectory = await copyConfig(home);
    const runtime = join(configDirectory, "runtime.ts");
    await writeFile(runtime, `throw new Error("half edited");\n`);
    const node = await home.spawn({ configDirectory });
    assert.equal((await node.exit()).code, 78);
    assert.match(node.stderr, /runtime\.ts.*half edited/u);
    assert.doesNotMatch(node.stderr, /^\s+at /mu);
  });
});
