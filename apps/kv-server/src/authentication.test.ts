import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventRecorder } from "../test/event-recorder.ts";
import { startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { hashPassword } from "./password.ts";

const users = { alice: await hashPassword("wonderland") };
const REQUIRED = "ERROR authentication required\r\n";
const WRONG = "ERROR wrong name or password\r\n";

suite("with users configured", { timeout: 60_000 }, () => {
  test("everything but AUTH is refused until it is right", async () => {
    await using server = await startTestListener({ users, lineLimitBytes: 64 });
    await using client = await TestClient.connect(server.port);
    const refused = ["CREATE a", "GET a k", "NOPE", "", "AUTH alice", "x".repeat(65)];
    client.send(`${refused.join("\r\n")}\r\n`);
    client.send("AUTH alice Wonderland\r\nCREATE a\r\nAUTH bob wonderland\r\n");
    client.send("AUTH alice wonderland\r\nCREATE a\r\nPUT a k v\r\nGET a k\r\n");
    const replies = `${REQUIRED.repeat(refused.length)}${WRONG}${REQUIRED}${WRONG}OK\r\nOK\r\nOK\r\nv\r\nOK\r\n`;
    assert.equal(await client.finish(), replies);
    assert.equal(server.kv.asked, 3);
  });

  test("each connection logs in for itself, and a later mistake does not log it out", async () => {
    await using server = await startTestListener({ users });
    await using one = await TestClient.connect(server.port);
    await using other = await TestClient.connect(server.port);
    one.send("AUTH alice wonderland\r\nAUTH alice x\r\nCREATE a\r\n");
    assert.equal(await one.finish(), `OK\r\n${WRONG}OK\r\n`);
    other.send("CREATE a\r\n");
    assert.equal(await other.finish(), REQUIRED);
  });

  test("a client that leaves while its password is verified does no harm", async () => {
    await using server = await startTestListener({ users });
    const leaving = await Promise.all([1, 2, 3].map(() => TestClient.connect(server.port)));
    for (const client of leaving) client.send("AUTH alice wonderland\r\n");
    for (const client of leaving) client.reset();
    await using client = await TestClient.connect(server.port);
    client.send("AUTH alice wonderland\r\n");
    assert.equal(await client.finish(), "OK\r\n");
  });

  test("an event tells of wrong passwords without showing them", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({ users });
    await using client = await TestClient.connect(server.port);
    client.send("AUTH mallory hunter2\r\n");
    assert.equal(await client.finish(), WRONG);
    assert.equal(recorder.of("wrong-password").length, 1);
    assert.doesNotMatch(JSON.stringify(recorder.events), /mallory|hunter2/u);
  });
});

test("without users AUTH says that there are none", { timeout: 60_000 }, async () => {
  await using server = await startTestListener();
  await using client = await TestClient.connect(server.port);
  client.send("AUTH alice wonderland\r\nCREATE a\r\n");
  const reply = "ERROR no users are configured: nobody has to log in here\r\nOK\r\n";
  assert.equal(await client.finish(), reply);
});
