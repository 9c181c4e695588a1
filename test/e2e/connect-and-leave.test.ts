import assert from "node:assert/strict";
import { once } from "node:events";
import { createConnection } from "node:net";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { openNodeHome } from "../harness/node-home.ts";

const VISITS = 10_000;
const AT_ONCE = 50;

/** How a visitor leaves. */
const leaving = ["end", "destroy", "resetAndDestroy"] as const;

async function visit(port: number, leave: (typeof leaving)[number]): Promise<void> {
  const socket = createConnection({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  const closed = once(socket, "close");
  socket[leave]();
  socket.resume();
  await closed;
}

suite("connecting and leaving at once", () => {
  test(`${VISITS} times does nothing to a node and its clients`, async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await using client = await LineClient.connect(node.port);
    await client.ask("CREATE shopping");
    let left = VISITS;
    const visitors = Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) await visit(node.port, leaving[left % 20] ?? "end");
    });
    await Promise.all(visitors);
    assert.deepEqual(await client.ask("PUT shopping milk 1"), ["OK"]);
    await using other = await LineClient.connect(node.port);
    assert.deepEqual(await other.ask("GET shopping milk", 2), ["1", "OK"]);
    assert.doesNotMatch(node.stdout, /"level":"(?:warn|error)"/u);
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
  });
});
