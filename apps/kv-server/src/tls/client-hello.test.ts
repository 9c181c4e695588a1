import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventRecorder } from "../../test/event-recorder.ts";
import { startTestListener } from "../../test/start-test-listener.ts";
import { TestClient } from "../../test/test-client.ts";
import { isClientHello } from "./client-hello.ts";

test("isClientHello() knows a record of TLS, and takes no request for one", () => {
  assert.ok(isClientHello(Uint8Array.of(22, 3, 1, 2, 0)));
  for (const text of ["", "\x16", "GET a k\r\n", "*1\r\n", "\x16\x02", "\x03\x16"]) {
    assert.ok(!isClientHello(Buffer.from(text, "latin1")), JSON.stringify(text));
  }
});

suite("a port without TLS", { timeout: 60_000 }, () => {
  test("closes a client that speaks it, at once", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener();
    await assert.rejects(TestClient.secure(server.port, {}), { code: "ECONNRESET" });
    const [event] = recorder.of("tls-refused");
    const sentence = /^127\.0\.0\.1:\d+ was cut: it speaks TLS, and no certificate is configured$/u;
    assert.match(event?.message ?? "", sentence);
    assert.equal(server.kv.asked, 0);
  });

  test("takes a line that holds the same bytes later", async () => {
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    client.send("NOPE\r\n");
    await client.reply("UNKNOWN COMMAND\r\n");
    client.send("\x16\x03\x01\r\n");
    assert.equal(await client.finish(), "UNKNOWN COMMAND\r\n");
  });
});
