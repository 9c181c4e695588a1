import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { KvError, StorageError } from "@kv/kv";
import { setImmediate as aTurn } from "node:timers/promises";
import { EventRecorder } from "../test/event-recorder.ts";
import { startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { type AdoptSocket, adoptAsItIs, adoptIntoSharedBuffer } from "./socket.ts";

const mebibyte = 1024 * 1024;

const ways: readonly [name: string, adopt: () => AdoptSocket][] = [
  ["with a shared read buffer", adoptIntoSharedBuffer],
  ["with data events", () => adoptAsItIs],
];

for (const [name, adopt] of ways) {
  suite(`a connection read ${name}`, { timeout: 60_000 }, () => {
    test("answers the guide's four commands", async () => {
      await using server = await startTestListener({}, { adopt: adopt() });
      await using client = await TestClient.connect(server.port);
      for (const [request, reply] of [
        ["CREATE shopping\r\n", "OK\r\n"],
        ["PUT shopping milk 1\r\n", "OK\r\n"],
        ["PUT shopping eggs 3\r\n", "OK\r\n"],
        ["GET shopping milk\r\n", "1\r\nOK\r\n"],
        ["DELETE shopping eggs\r\n", "OK\r\n"],
        ["DELETE shopping eggs\r\n", "OK\r\n"],
        ["GET shopping eggs\r\n", "\r\nOK\r\n"],
        ["GET nowhere eggs\r\n", "NOT FOUND\r\n"],
        ["PUT nowhere eggs 3\r\n", "NOT FOUND\r\n"],
        ["DELETE nowhere eggs\r\n", "NOT FOUND\r\n"],
        ["UNKNOWN shopping\r\n", "UNKNOWN COMMAND\r\n"],
        ["\r\n", "UNKNOWN COMMAND\r\n"],
      ] as const) {
        client.send(request);
        assert.equal(await client.reply(reply), reply);
      }
    });

    test("answers all whole lines of a client that sends and closes its half", async () => {
      await using server = await startTestListener({}, { adopt: adopt() });
      await using client = await TestClient.connect(server.port);
      client.send("CREATE a\r\nPUT a k v\r\nGET a k\r\nPUT a k never");
      assert.equal(await client.finish(), "OK\r\nOK\r\nv\r\nOK\r\n");
      assert.equal(server.kv.asked, 3);
    });

    test("answers a pipeline of more than a read buffer, in order", async () => {
      await using server = await startTestListener({}, { adopt: adopt() });
      await using client = await TestClient.connect(server.port);
      server.kv.plant("a", "other", Buffer.from("x"));
      const count = 20_000;
      let requests = "";
      let replies = "";
      for (let n = 0; n < count; n++) {
        requests += `PUT a k${n % 7} ${n}\r\nGET a k${n % 7}\r\n`;
        replies += `OK\r\n${n}\r\nOK\r\n`;
      }
      client.send(requests);
      assert.equal(await client.finish(), replies);
    });

    test("stores and shows a value that comes in many pieces", async () => {
      await using server = await startTestListener({}, { adopt: adopt() });
      await using client = await TestClient.connect(server.port);
      const value = "0123456789abcdef".repeat(60_000);
      client.send(`CREATE a\r\nPUT a k ${value}\r\nGET a k\r\n`);
      assert.equal(await client.finish(), `OK\r\nOK\r\n${value}\r\nOK\r\n`);
    });

    test("does not mix up connections that send halves of lines in turn", async () => {
      await using server = await startTestListener({}, { adopt: adopt() });
      const clients = await Promise.all([1, 2, 3].map(() => TestClient.connect(server.port)));
      for (const piece of ["CREA", "TE a\r", "\nPUT a k", "", " v\r\nGET a", ` k\r\n`]) {
        for (const [index, client] of clients.entries()) {
          client.send(piece === "" ? String(index) : piece);
          await aTurn();
        }
      }
      const replies = await Promise.all(clients.map((client) => client.finish()));
      for (const reply of replies) assert.equal(reply, "OK\r\nOK\r\n\r\nOK\r\n");
      assert.equal(server.kv.asked, 9);
    });
  });
}

suite("replies that rest on the disk", { timeout: 60_000 }, () => {
  test("are held until it has settled, with all behind them, in order", async () => {
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    client.send("CREATE a\r\n");
    assert.equal(await client.reply("OK\r\n"), "OK\r\n");
    server.kv.durable = promise;
    client.send("PUT a k v\r\nNOPE\r\n");
    await server.kv.untilAsked(2);
    server.kv.durable = undefined;
    client.send("GET a x\r\n");
    await server.kv.untilAsked(3);
    const replies = client.reply("OK\r\nUNKNOWN COMMAND\r\n\r\nOK\r\n");
    assert.equal(await Promise.race([replies, aTurn()]), undefined);
    resolve();
    assert.equal(await replies, "OK\r\nUNKNOWN COMMAND\r\n\r\nOK\r\n");
  });

  test("go out after the client has closed its half", async () => {
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    client.send("CREATE a\r\nPUT a k v\r\nGET a k\r\n");
    const rest = client.finish();
    await server.kv.untilAsked(3);
    resolve();
    assert.equal(await rest, "OK\r\nOK\r\nv\r\nOK\r\n");
  });

  test("become errors when it fails, and their neighbours stay", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    const { promise, reject } = Promise.withResolvers<void>();
    client.send("CREATE a\r\n");
    await server.kv.untilAsked(1);
    server.kv.durable = promise;
    client.send("PUT a k v\r\nGET a k\r\n");
    await server.kv.untilAsked(3);
    server.kv.durable = undefined;
    client.send("GET a x\r\n");
    await server.kv.untilAsked(4);
    reject(new StorageError("STORAGE_WRITE_UNKNOWN", { path: "/secret", reason: "EIO" }));
    assert.equal(
      await client.finish(),
      "OK\r\n" +
        "ERROR the write may have been applied: the node could not write it down\r\n" +
        "ERROR what was read may not last: the node could not write it down\r\n" +
        "\r\nOK\r\n",
    );
    assert.equal(recorder.of("request-failed").length, 1);
  });

  test("are listened to once per connection and group, however many they are", async (context) => {
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    const { mock } = context.mock.method(promise, "then");
    server.kv.durable = promise;
    client.send(`CREATE a\r\n${"PUT a k v\r\nGET a k\r\n".repeat(50)}`);
    await server.kv.untilAsked(101);
    assert.equal(mock.callCount(), 1);
    resolve();
    assert.equal(await client.finish(), `OK\r\n${"OK\r\nv\r\nOK\r\n".repeat(50)}`);
  });
});

suite("answers that come by a promise", { timeout: 60_000 }, () => {
  test("leave room for the requests behind a read, and keep the order", async () => {
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    server.kv.plant("a", "k", Buffer.from("v"));
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.delay = promise;
    client.send("GET a k\r\nGET a x\r\n");
    await server.kv.untilAsked(2);
    server.kv.delay = undefined;
    client.send("GET b k\r\n");
    await server.kv.untilAsked(3);
    resolve();
    assert.equal(await client.finish(), "v\r\nOK\r\n\r\nOK\r\nNOT FOUND\r\n");
  });

  test("stop what comes behind a write until it is answered", async () => {
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    server.kv.plant("a", "k", Buffer.from("v"));
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.delay = promise;
    client.send("PUT a k w\r\nGET a k\r\nPUT a l x\r\n");
    await server.kv.untilAsked(1);
    await aTurn();
    assert.equal(server.kv.asked, 1);
    server.kv.delay = undefined;
    resolve();
    assert.equal(await client.finish(), "OK\r\nw\r\nOK\r\nOK\r\n");
  });

  test("that reject are answered with the reason", async () => {
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    const { promise, reject } = Promise.withResolvers<void>();
    server.kv.delay = promise;
    client.send("GET a k\r\nPUT a k v\r\n");
    await server.kv.untilAsked(2);
    reject(new KvError("KV_NO_CONNECTION", { node: "bar@host" }));
    assert.equal(await client.finish(), "ERROR no connection to bar@host\r\n".repeat(2));
  });
});

suite("a request that fails", { timeout: 60_000 }, () => {
  test("is answered with the reason, and logged once a second", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    server.kv.failure = new KvError("KV_NO_ROUTE", { bucket: '"Shopping"' });
    client.send("CREATE Shopping\r\nGET Shopping milk\r\n");
    const reply = 'ERROR could not find entry for "Shopping" in the routing table\r\n'.repeat(2);
    assert.equal(await client.reply(reply), reply);
    server.kv.failure = undefined;
    client.send("CREATE Shopping\r\n");
    assert.equal(await client.finish(), "OK\r\n");
    const [event, ...others] = recorder.of("request-failed");
    assert.deepEqual(others, []);
    assert.equal(event?.type === "request-failed" && event.code, "KV_NO_ROUTE");
  });

  test("by a bug costs its own connection and no other", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener();
    await using other = await TestClient.connect(server.port);
    await using client = await TestClient.connect(server.port);
    const bug = new TypeError("x is not a function");
    server.kv.failure = bug;
    client.send("NOPE\r\nGET a k\r\n");
    assert.equal(await client.rest(), "");
    server.kv.failure = undefined;
    other.send("CREATE a\r\n");
    assert.equal(await other.finish(), "OK\r\n");
    const event = await recorder.first("connection-crashed");
    assert.equal(event.type === "connection-crashed" && event.failure, bug);
  });

  test("by a bug behind a promise costs its own connection too", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener();
    for (const hold of ["delay", "durable"] as const) {
      await using client = await TestClient.connect(server.port);
      const { promise, reject } = Promise.withResolvers<void>();
      server.kv[hold] = promise;
      client.send("CREATE a\r\n");
      await server.kv.untilAsked(server.kv.asked + 1);
      server.kv[hold] = undefined;
      reject(new TypeError("x is not a function"));
      assert.equal(await client.rest(), "");
    }
    assert.equal(recorder.of("connection-crashed").length, 1);
  });
});

suite("limits of a request", { timeout: 60_000 }, () => {
  test("are named, and the connection stays usable", async () => {
    await using server = await startTestListener({ keyLimitBytes: 8 });
    await using client = await TestClient.connect(server.port);
    client.send(`CREATE ${"b".repeat(256)}\r\nGET a ${"k".repeat(9)}\r\nCREATE a\r\n`);
    assert.equal(
      await client.finish(),
      "ERROR the bucket name is longer than the limit of 255 bytes\r\n" +
        "ERROR the key is longer than the limit of 8 bytes\r\n" +
        "OK\r\n",
    );
    assert.equal(server.kv.asked, 1);
  });

  test("are reported of a line before it has ended, and its rest is skipped", async () => {
    await using server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    client.send(`CREATE a\r\nPUT a k ${"v".repeat(mebibyte)}`);
    const replies = "OK\r\nERROR the line is longer than the limit of 1048576 bytes\r\n";
    assert.equal(await client.reply(replies), replies);
    client.send(`${"v".repeat(3 * mebibyte)} CREATE b\r\nGET a k\r\n`);
    assert.equal(await client.finish(), "\r\nOK\r\n");
    assert.equal(server.kv.asked, 2);
  });
});

test("a value that no line can carry is an error on its line", { timeout: 60_000 }, async () => {
  await using server = await startTestListener();
  await using client = await TestClient.connect(server.port);
  server.kv.plant("a", "k", Buffer.from("x\r\nOK"));
  client.send("GET a k\r\nGET a l\r\n");
  assert.equal(await client.finish(), "ERROR the value cannot be shown on a line\r\n\r\nOK\r\n");
});

test("a connection that begins with an HTTP request is closed without a word", {
  timeout: 60_000,
}, async () => {
  await using server = await startTestListener();
  await using browser = await TestClient.connect(server.port);
  browser.send("POST / HTTP/1.1\r\nHost: localhost\r\n\r\nCREATE a\r\n");
  assert.equal(await browser.rest(), "");
  await using client = await TestClient.connect(server.port);
  client.send("CREATE a\r\nPOST / HTTP/1.1\r\n");
  assert.equal(await client.finish(), "OK\r\nUNKNOWN COMMAND\r\n");
  assert.equal(server.kv.asked, 1);
});
