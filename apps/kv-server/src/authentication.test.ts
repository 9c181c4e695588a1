import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventRecorder } from "../test/event-recorder.ts";
import { startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { hashPassword } from "./password.ts";
import { type ConfiguredUsers, loginLimit } from "./users.ts";

const users = { alice: await hashPassword("wonderland") };
const REQUIRED = "ERROR authentication required\r\n";
const WRONG = "ERROR wrong name or password\r\n";
const BUSY = "ERROR too many log-ins at a time; try again\r\n";

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

  test("a right password costs once, and passes all that wait when it comes again", async () => {
    const held = Promise.withResolvers<boolean>();
    let verified = 0;
    const verify = (): Promise<boolean> => {
      verified++;
      return verified === 1 ? Promise.resolve(true) : held.promise;
    };
    await using server = await startTestListener({ users }, { verify });
    await using first = await TestClient.connect(server.port);
    first.send("AUTH alice wonderland\r\n");
    assert.equal(await first.finish(), "OK\r\n");
    await using guess = await TestClient.connect(server.port);
    guess.send("AUTH alice x\r\n");
    await using again = await TestClient.connect(server.port);
    again.send("AUTH alice wonderland\r\nCREATE a\r\n");
    assert.equal(await again.finish(), "OK\r\nOK\r\n");
    held.resolve(false);
    assert.equal(await guess.finish(), WRONG);
    assert.equal(verified, 2);
  });

  test("too many log-ins at a time are told so at once, and told of in an event", async () => {
    using recorder = new EventRecorder();
    const held = Promise.withResolvers<boolean>();
    await using server = await startTestListener({ users }, { verify: () => held.promise });
    await using client = await TestClient.connect(server.port);
    await using crowd = new AsyncDisposableStack();
    const replies: Promise<string>[] = [];
    for (let n = 0; n < 100; n++) {
      const one = crowd.use(await TestClient.connect(server.port));
      one.send("AUTH x y\r\n");
      replies.push(one.finish());
    }
    await recorder.first("too-many-logins");
    client.send("AUTH alice wonderland\r\nNOPE\r\n");
    assert.equal(await client.reply(BUSY + REQUIRED), BUSY + REQUIRED);
    held.resolve(false);
    const all = await Promise.all(replies);
    assert.equal(all.filter((reply) => reply === WRONG).length, loginLimit);
    assert.equal(all.filter((reply) => reply === BUSY).length, 100 - loginLimit);
  });

  test("who is removed, or changed, has to log in again on an open connection", async () => {
    let configured: ConfiguredUsers = users;
    const environment = {
      get users() {
        return configured;
      },
    };
    await using server = await startTestListener(environment);
    await using client = await TestClient.connect(server.port);
    client.send("AUTH alice wonderland\r\nCREATE a\r\n");
    assert.equal(await client.reply("OK\r\nOK\r\n"), "OK\r\nOK\r\n");
    configured = { ...users, bob: users.alice };
    client.send("CREATE a\r\n");
    assert.equal(await client.reply("OK\r\n"), "OK\r\n");
    configured = { bob: users.alice };
    client.send("CREATE a\r\nNOPE\r\n");
    assert.equal(await client.reply(REQUIRED + REQUIRED), REQUIRED + REQUIRED);
    client.send("AUTH alice wonderland\r\nAUTH bob wonderland\r\nCREATE a\r\n");
    assert.equal(await client.finish(), `${WRONG}OK\r\nOK\r\n`);
    assert.equal(server.kv.asked, 3);
  });

  test("an event tells of wrong passwords without showing them", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({ users });
    await using client = await TestClient.connect(server.port);
    client.send("AUTH mallory hunter2\r\n");
    assert.equal(await client.finish(), WRONG);
    const [event, ...others] = recorder.of("wrong-password");
    assert.deepEqual(others, []);
    assert.match(event?.message ?? "", /^127\.0\.0\.1:\d+ gave a wrong/u);
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
