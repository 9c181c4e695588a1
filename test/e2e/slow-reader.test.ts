import assert from "node:assert/strict";
import { once } from "node:events";
import { createConnection } from "node:net";
import { suite, test } from "node:test";
import { within } from "../harness/deadline.ts";
import { LineClient } from "../harness/line-client.ts";
import { openNodeHome } from "../harness/node-home.ts";

const slowReaderTimeoutMs = 1000;

const limits = [
  { application: "kv-server", path: ["pendingOutputLimitBytes"], value: 256 * 1024 },
  { application: "kv-server", path: ["slowReaderTimeoutMs"], value: slowReaderTimeoutMs },
];

suite("a client that asks and does not read", () => {
  test("is cut in time, and nobody else waits for it", async () => {
    await using home = await openNodeHome();
    const node = await home.start({ settings: limits });
    await using client = await LineClient.connect(node.port);
    await client.ask("CREATE b");
    await client.ask(`PUT b k ${"x".repeat(500_000)}`);

    const slow = createConnection({ port: node.port, host: "127.0.0.1" });
    const closed = new Promise((resolve) => slow.once("close", resolve));
    // Being cut may come as a reset.
    slow.on("error", () => undefined);
    await once(slow, "connect");
    slow.pause();
    const startMs = performance.now();
    slow.write("GET b k\r\n".repeat(10_000));

    const cut = node.logged(/"slow-reader-cut"/u);
    assert.deepEqual(await client.ask("PUT b other 1"), ["OK"]);
    await cut;
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs >= slowReaderTimeoutMs, `cut after ${tookMs} ms`);
    assert.ok(tookMs < 1.5 * slowReaderTimeoutMs, `cut after ${tookMs} ms`);
    assert.deepEqual(await client.ask("GET b other", 2), ["1", "OK"]);
    slow.resume();
    await within(closed, "the slow reader's connection to close");
  });
});
