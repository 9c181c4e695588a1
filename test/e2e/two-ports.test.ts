import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { openNodeHome } from "../harness/node-home.ts";

suite("the port of RESP", () => {
  test("is the one after PORT, in development and in tests; two nodes next to each other hear what to do", async () => {
    await using home = await openNodeHome();
    const first = await home.start({ env: { KV_NODE: "first" } });
    // Two free ports in a row cannot be asked for: the second node's RESP_PORT is the first one's port.
    const env = { KV_NODE: "second", RESP_PORT: String(first.port) };
    const second = await home.spawn({ env });
    assert.deepEqual(await second.exit(), { code: 1, signal: null });
    assert.match(
      second.stderr,
      /^Cannot listen on 127\.0\.0\.1:\d+: the port is in use; .*RESP_PORT to another one \(0 picks a free one\) or to off; a node takes two, PORT and the next one for RESP.*\n$/u,
    );
  });

  test("is PORT + 1 when nothing is said", async () => {
    const port = await freePair();
    await using home = await openNodeHome();
    const node = await home.start({ env: { PORT: String(port) } });
    assert.equal(node.port, port);
    assert.equal(await node.acceptingResp(), port + 1);
  });

  for (const [what, env] of [
    ["RESP_PORT=off", { RESP_PORT: "off" }],
    ["KV_ENV=prod", { KV_ENV: "prod" }],
  ] as const) {
    test(`is not opened with ${what}`, async () => {
      await using home = await openNodeHome();
      const node = await home.start({ env });
      await node.logged(/"type":"system-started"/u);
      await node.stop();
      assert.doesNotMatch(node.stdout, /RESP/u);
    });
  }

  test("speaks RESP", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await using client = await LineClient.connect(await node.acceptingResp());
    assert.deepEqual(await client.ask("PING"), ["+PONG"]);
  });
});

/** A port that is free, as is the one after it: as far as one can know before taking them. */
async function freePair(): Promise<number> {
  for (;;) {
    await using first = await listen(0);
    const second = await listen(first.port + 1).catch(() => undefined);
    if (second === undefined) continue;
    await second[Symbol.asyncDispose]();
    return first.port;
  }
}

async function listen(port: number): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
