import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { FakeNode } from "./fake-node.ts";
import { LineClient } from "./line-client.ts";

suite("LineClient", () => {
  test("reads replies in order", async () => {
    await using fake = await new FakeNode().start();
    await using client = await LineClient.connect(fake.port);
    client.sendLines("CREATE a", "PUT a k v", "GET a k");
    assert.deepEqual(await client.readMany(4), ["OK", "OK", "v", "OK"]);
  });

  test("still reads replies after its half-close, and sees the end", async () => {
    await using fake = await new FakeNode().start();
    await using client = await LineClient.connect(fake.port);
    client.sendLines("CREATE a");
    client.end();
    assert.equal(await client.read(), "OK");
    assert.equal(await client.ending(), "end");
    assert.equal(await client.readRaw(), undefined);
  });

  test("tells what nobody has read", async () => {
    await using fake = await new FakeNode().start();
    await using client = await LineClient.connect(fake.port);
    client.sendLines("CREATE a", "CREATE b");
    client.end();
    await client.ending();
    assert.equal(client.rest.toString(), "OK\r\nOK\r\n");
  });

  test("rejects a read from a connection that was closed", async () => {
    await using fake = await new FakeNode().start();
    await using client = await LineClient.connect(fake.port);
    client.end();
    await assert.rejects(client.read(), /the node closed the connection/u);
  });
});
