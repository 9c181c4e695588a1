import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { startTestListener } from "../../test/start-test-listener.ts";
import { TestClient } from "../../test/test-client.ts";
import { respProtocol } from "./resp-protocol.ts";

suite("a connection that speaks RESP", { timeout: 60_000 }, () => {
  test("answers arrays and lines alike, in order", async () => {
    await using server = await startTestListener({}, { protocol: respProtocol });
    server.kv.plant("a", "k", Buffer.from("1"));
    await using client = await TestClient.connect(server.port);
    client.send("*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\nPING\r\nhget a k\nHGET a x\r\nHSET a x 2\r\n");
    assert.equal(await client.finish(), "$2\r\nhi\r\n+PONG\r\n$1\r\n1\r\n$-1\r\n:1\r\n");
  });

  test("says hello in the version that is asked for", async () => {
    await using server = await startTestListener({}, { protocol: respProtocol });
    await using client = await TestClient.connect(server.port);
    client.send("HELLO 3\r\nHGET a x\r\nRESET\r\nHGET a x\r\nQUIT\r\nPING\r\n");
    const rest = await client.rest();
    assert.match(
      rest,
      /^%7\r\n\$6\r\nserver\r\n\$5\r\nredis\r\n\$7\r\nversion\r\n\$6\r\n7\.0\.15\r\n\$5\r\nproto\r\n:3\r\n/u,
    );
    assert.ok(rest.endsWith("*0\r\n_\r\n+RESET\r\n$-1\r\n+OK\r\n"), rest);
  });
});
