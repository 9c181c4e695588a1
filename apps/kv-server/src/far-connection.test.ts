import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setImmediate as aTurn } from "node:timers/promises";
import { KvError } from "@kv/kv";
import { EventRecorder } from "../test/event-recorder.ts";
import { FakeOwner } from "../test/fake-owner.ts";
import { acceptedBytes, passTime } from "../test/pass-time.ts";
import { defaults, type Replacements, startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import type { ServerEnvironment } from "./environment.ts";
import { Hall } from "./hall.ts";
import { respProtocol } from "./resp/resp-protocol.ts";
import { adoptAsItIs } from "./socket.ts";

const mebibyte = 1024 * 1024;

/** A listener before two nodes: what begins with `n` to `z` is on the other one, by the table in force. */
async function startScene(
  changes: Partial<ServerEnvironment> = {},
  replacements: Replacements = {},
) {
  const server = await startTestListener(changes, replacements);
  const { kv } = server;
  const owner = new FakeOwner();
  kv.ownerOf = (bucket = "") => (bucket >= "n" ? owner : undefined);
  kv.plant("apples", "k", Buffer.from("1"));
  kv.plant("shopping", "k", Buffer.from("1"));
  return { ...server, owner, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

suite("requests for buckets of another node", { timeout: 60_000 }, () => {
  test("are not waited for one by one, and are answered in order", async () => {
    await using scene = await startScene();
    await using client = await TestClient.connect(scene.port);
    let [requests, replies] = ["", ""];
    for (let n = 0; n < 8; n++) {
      requests += `PUT shopping k ${n}\r\nGET shopping k\r\n`;
      replies += `OK\r\n${n}\r\nOK\r\n`;
    }
    client.send(requests);
    await scene.kv.untilAsked(16);
    scene.owner.performAll();
    while (scene.owner.owed > 0) scene.owner.answer(scene.owner.owed - 1);
    assert.equal(await client.finish(), replies);
  });

  test("hold up none for this node's buckets, whose replies keep their place", async () => {
    await using scene = await startScene();
    await using client = await TestClient.connect(scene.port);
    await using other = await TestClient.connect(scene.port);
    client.socket.resume();
    client.send("PUT shopping k 2\r\nGET apples k\r\nPUT apples k 3\r\n");
    await scene.kv.untilAsked(3);
    client.send("GET apples k\r\n");
    await scene.kv.untilAsked(4);
    await passTime(other);
    assert.equal(client.socket.bytesRead, 0);
    scene.owner.answer();
    const reply = client.reply("OK\r\n1\r\nOK\r\nOK\r\n3\r\nOK\r\n");
    assert.equal(await reply, "OK\r\n1\r\nOK\r\nOK\r\n3\r\nOK\r\n");
  });

  test("drain before another routing table is gone by", async () => {
    await using scene = await startScene();
    await using client = await TestClient.connect(scene.port);
    await using other = await TestClient.connect(scene.port);
    // A read that can be had at once must wait all the same.
    scene.kv.readsAtOnce = true;
    client.send("PUT shopping k 2\r\n");
    await scene.kv.untilAsked(1);
    scene.kv.ownerOf = () => undefined;
    scene.kv.table++;
    client.send("GET shopping k\r\nGET shopping k\r\n");
    await passTime(other);
    assert.equal(scene.kv.asked, 1, "nothing is asked by the new table");
    scene.owner.answer();
    assert.equal(await client.finish(), "OK\r\n2\r\nOK\r\n2\r\nOK\r\n");
  });

  test("go out in one write when their answers come in one turn", async () => {
    const writes: number[] = [];
    const adopt: typeof adoptAsItIs = (accepted, onInput) => {
      const socket = adoptAsItIs(accepted, onInput);
      const write = socket.write.bind(socket);
      socket.write = (bytes: Uint8Array) => {
        writes.push(bytes.length);
        return write(bytes);
      };
      return socket;
    };
    await using scene = await startScene({}, { adopt });
    await using client = await TestClient.connect(scene.port);
    client.send("PUT shopping k 2\r\n".repeat(16));
    await scene.kv.untilAsked(16);
    scene.owner.answerAll();
    const replies = "OK\r\n".repeat(16);
    assert.equal(await client.reply(replies), replies);
    assert.deepEqual(writes, [replies.length]);
  });
});

suite("requests that another node does not answer", { timeout: 60_000 }, () => {
  const lost = new KvError("KV_NOT_ANSWERED", {
    node: "bar@host",
    timeoutMs: 5000,
    mayHaveBeenApplied: true,
  });
  const reason = "bar@host did not answer in 5000 ms; the write may have been applied";

  for (const [name, replacements, words] of [
    [
      "on a line",
      {},
      {
        put: "PUT shopping k 2\r\n",
        get: "GET shopping k\r\n",
        ok: "OK\r\n",
        value: "2\r\nOK\r\n",
        error: "ERROR ",
      },
    ],
    [
      "by RESP",
      { protocol: respProtocol },
      {
        put: "HSET shopping k 2\r\n",
        get: "HGET shopping k\r\n",
        ok: ":0\r\n",
        value: "$1\r\n2\r\n",
        error: "-ERR ",
      },
    ],
  ] as const) {
    test(`are told so ${name}, each by itself, and logged once a second`, async () => {
      using recorder = new EventRecorder();
      await using scene = await startScene({}, replacements);
      await using client = await TestClient.connect(scene.port);
      client.send(words.put + words.put + words.get + words.put);
      await scene.kv.untilAsked(4);
      scene.owner.answer(3, lost);
      scene.owner.answer(1, lost);
      scene.owner.answerAll();
      const error = `${words.error}${reason}\r\n`;
      const replies = words.ok + error + words.value + error;
      assert.equal(await client.reply(replies), replies);
      client.send(words.get);
      await scene.kv.untilAsked(5);
      scene.owner.answer();
      assert.equal(await client.finish(), words.value);
      assert.equal(recorder.of("request-failed").length, 1);
    });
  }

  test("cost their connection when the reason is a bug, and no other one", async () => {
    using recorder = new EventRecorder();
    await using scene = await startScene();
    await using client = await TestClient.connect(scene.port);
    await using other = await TestClient.connect(scene.port);
    client.send("GET shopping k\r\n");
    await scene.kv.untilAsked(1);
    other.send("GET shopping k\r\n");
    await scene.kv.untilAsked(2);
    scene.owner.answer(0, new TypeError("x is not a function"));
    assert.equal(await client.rest(), "");
    scene.owner.answer();
    assert.equal(await other.finish(), "1\r\nOK\r\n");
    assert.equal(recorder.of("connection-crashed").length, 1);
  });

  test("make a command over several buckets an error, told when all of it is over", async () => {
    await using scene = await startScene({}, { protocol: respProtocol });
    await using client = await TestClient.connect(scene.port);
    await using other = await TestClient.connect(scene.port);
    const gone = new KvError("KV_NO_CONNECTION", { node: "bar@host" });
    for (const command of ["EXISTS shopping apples zoo", "DEL shopping apples zoo"]) {
      const asked = scene.kv.asked;
      client.send(`${command}\r\nPING\r\n`);
      await scene.kv.untilAsked(asked + 3);
      const isWrite = command.startsWith("DEL");
      const error = `-ERR no connection to bar@host${isWrite ? "; the others may have been changed" : ""}\r\n`;
      const replies = client.reply(`${error}+PONG\r\n`);
      let isTold = false;
      const told = (async () => {
        assert.equal(await replies, `${error}+PONG\r\n`);
        isTold = true;
      })();
      scene.owner.answer(0, gone);
      await passTime(other, "-ERR unknown command 'NOPE', with args beginning with: \r\n");
      assert.ok(!isTold, command);
      scene.owner.answer();
      await told;
    }
    for (const command of ["KEYS *", "DBSIZE", "SCAN 0"]) {
      scene.kv.failure = gone;
      client.send(`${command}\r\n`);
      const error = "-ERR no connection to bar@host\r\n";
      assert.equal(await client.reply(error), error);
    }
  });
});

suite("connections that wait for another node", { timeout: 60_000 }, () => {
  test("leave nothing behind when their clients give up", async () => {
    using recorder = new EventRecorder();
    const hall = new Hall(defaults());
    await using scene = await startScene({}, { hall });
    for (const way of ["reset", "close"] as const) {
      const client = await TestClient.connect(scene.port);
      const asked = scene.kv.asked;
      client.send("PUT shopping k 2\r\nGET shopping k\r\nGET apples k\r\n");
      await scene.kv.untilAsked(asked + 3);
      if (way === "reset") client.reset();
      else client.socket.destroy();
      await client.gone;
      await using other = await TestClient.connect(scene.port);
      // Whoever only closes may still read what is owed: that shows when it is written.
      if (way === "close") scene.owner.answerAll();
      while (hall.connections > 1) await passTime(other);
      assert.equal(hall.pending.bytes, 0, way);
      scene.owner.answerAll();
      await passTime(other);
      assert.equal(hall.pending.bytes, 0, way);
      await other.finish();
    }
    assert.deepEqual(recorder.of("connection-crashed"), []);
  });

  test("are waited for at a stop", async () => {
    const scene = await startScene({ drainTimeoutMs: 30_000 });
    await using client = await TestClient.connect(scene.port);
    client.send("PUT shopping k 2\r\n");
    await scene.kv.untilAsked(1);
    const stopped = scene[Symbol.asyncDispose]();
    client.send("PUT shopping k 3\r\n");
    await aTurn();
    scene.owner.answer();
    assert.equal(await client.finish(), "OK\r\n");
    await stopped;
    assert.equal(scene.kv.asked, 1);
  });

  test("are cut at a stop when its time is over", async () => {
    using recorder = new EventRecorder();
    const scene = await startScene({ drainTimeoutMs: 1 });
    await using client = await TestClient.connect(scene.port);
    client.send("PUT shopping k 2\r\n");
    await scene.kv.untilAsked(1);
    await scene[Symbol.asyncDispose]();
    assert.equal(await client.rest(), "");
    const [drained] = recorder.of("drained");
    assert.equal(drained?.type === "drained" && drained.cut, 1);
    scene.owner.answer();
  });

  test("have so many reads under way as their replies may weigh", async () => {
    await using scene = await startScene();
    await using client = await TestClient.connect(scene.port);
    await using other = await TestClient.connect(scene.port);
    const count = 5000;
    client.send("GET shopping k\r\n".repeat(count));
    await acceptedBytes(client, other);
    // Nothing is known of its values yet: 64 KiB each, of 8 MiB.
    assert.equal(scene.owner.owed, 128);
    scene.owner.answerAll();
    await passTime(other);
    // They are short: 8 KiB each.
    assert.equal(scene.owner.owed, 1024);
    const replies = client.finish();
    while (scene.kv.asked < count || scene.owner.owed > 0) {
      scene.owner.answerAll();
      await aTurn();
    }
    assert.equal(await replies, "1\r\nOK\r\n".repeat(count));
  });

  test("have few reads of large values under way, and writes by what they write", async () => {
    await using scene = await startScene();
    await using client = await TestClient.connect(scene.port);
    await using other = await TestClient.connect(scene.port);
    scene.kv.plant("zoo", "k", Buffer.alloc(mebibyte, "v"));
    client.send("GET zoo k\r\n");
    await scene.kv.untilAsked(1);
    scene.owner.answer();
    const value = `${"v".repeat(mebibyte)}\r\nOK\r\n`;
    assert.equal(await client.reply(value), value);
    client.send("GET zoo k\r\n".repeat(100));
    await acceptedBytes(client, other);
    assert.equal(scene.owner.owed, 8);
    await using writer = await TestClient.connect(scene.port);
    const [held, count] = [scene.owner.owed, 3000];
    writer.send("PUT shopping k 2\r\n".repeat(count));
    await scene.kv.untilAsked(held + 1 + count);
    assert.equal(scene.owner.owed, held + count);
    scene.owner.answerAll();
    client.reset();
  });
});
