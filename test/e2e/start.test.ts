import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { parseLog } from "../harness/log-lines.ts";
import { openNodeHome } from "../harness/node-home.ts";

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

suite("a node that starts", () => {
  test("logs the port it was given, and serves on it", async () => {
    await using home = await openNodeHome();
    const wanted = await freePort();
    const { port } = await home.start({ env: { PORT: String(wanted) } });
    assert.equal(port, wanted);
    await using client = await LineClient.connect(port);
    assert.deepEqual(await client.ask("CREATE shopping"), ["OK"]);
  });

  test("with PORT=0 logs the port that was free", async () => {
    await using home = await openNodeHome();
    const { port } = await home.start({ env: { PORT: "0" } });
    assert.notEqual(port, 0);
    await using client = await LineClient.connect(port);
    assert.deepEqual(await client.ask("NOPE"), ["UNKNOWN COMMAND"]);
  });

  test("logs JSON lines when nobody sits at a terminal, and nothing on stderr", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await node.stop();
    const lines = parseLog(node.stdout);
    const listening = lines.find(({ message }) =>
      String(message).startsWith("Accepting connections"),
    );
    assert.equal(listening?.["message"], `Accepting connections on port ${node.port}`);
    assert.equal(listening["port"], node.port);
    for (const { level, time } of lines) {
      assert.match(String(level), /^(?:debug|info|warn|error)$/u);
      assert.ok(!Number.isNaN(Date.parse(String(time))), `${String(time)} is a time`);
    }
    assert.equal(node.stderr, "");
  });

  test("binds to loopback only", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await node.acceptingResp();
    const events = parseLog(node.stdout);
    const hosts = events.flatMap(({ host }) => (host === undefined ? [] : [host]));
    assert.deepEqual(hosts, ["127.0.0.1", "127.0.0.1"], "at both doors");
  });

  test("keeps its files in a folder of its name", async () => {
    await using home = await openNodeHome();
    const foo = await home.start({ env: { KV_NODE: "foo" } });
    const bar = await home.start({ env: { KV_NODE: "bar" } });
    assert.deepEqual((await readdir(home.dataDirectory)).toSorted(), ["bar", "foo"]);
    await using client = await LineClient.connect(foo.port);
    await client.ask("CREATE shopping");
    await using other = await LineClient.connect(bar.port);
    assert.deepEqual(await other.ask("GET shopping milk"), ["NOT FOUND"]);
  });

  test("without KV_NODE is named kv", async () => {
    await using home = await openNodeHome();
    await home.start({ env: { KV_NODE: undefined } });
    assert.deepEqual(await readdir(home.dataDirectory), ["kv"]);
    assert.notDeepEqual(await readdir(join(home.dataDirectory, "kv")), []);
  });
});
