import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Replacements, startTestListener } from "../../test/start-test-listener.ts";
import { acceptedBytes, passTime } from "../../test/pass-time.ts";
import { request, talk } from "../../test/talk.ts";
import { TestClient } from "../../test/test-client.ts";
import { respProtocol } from "./resp-protocol.ts";

const resp: Replacements = { protocol: respProtocol };
const mebibyte = 1024 * 1024;

suite("a connection that speaks RESP", { timeout: 60_000 }, () => {
  test("have what goes over all buckets answered before the next begins, where a store answers later", async () => {
    await using server = await startTestListener({}, resp);
    await using client = await TestClient.connect(server.port);
    await using other = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.delay = promise;
    client.send(`${request("DBSIZE")}${request("HSET", "a", "f", "1")}`);
    await server.kv.untilAsked(1);
    await passTime(other, "-ERR unknown command 'NOPE', with args beginning with: \r\n");
    assert.equal(server.kv.asked, 1, "the write would be counted");
    resolve();
    assert.equal(await client.finish(), ":0\r\n:1\r\n");
  });

  test("answers arrays and lines alike, in order", async () => {
    await using server = await startTestListener({}, resp);
    const input = `${request("ECHO", "a\r\nb")}PING\r\n\r\n${request("PiNg", "x")}echo "a b"\n`;
    assert.equal(
      await talk(server.port, input),
      "$4\r\na\r\nb\r\n+PONG\r\n$1\r\nx\r\n$3\r\na b\r\n",
    );
  });

  test("answers a pipeline of more than a read buffer, in order", async () => {
    await using server = await startTestListener({}, resp);
    const numbers = Array.from({ length: 20_000 }, (_, n) => String(n));
    const input = numbers.map((number) => request("ECHO", number)).join("");
    const expected = numbers.map((number) => `$${number.length}\r\n${number}\r\n`).join("");
    assert.equal(await talk(server.port, input), expected);
  });

  test("does not mix up connections that send halves of requests in turn", async () => {
    await using server = await startTestListener({}, resp);
    const clients = await Promise.all([1, 2, 3].map(() => TestClient.connect(server.port)));
    for (const piece of ["*2\r\n$4", "\r\nEC", "HO\r", "\n$3\r\n0", "", "0", "\r", "\n"]) {
      for (const [index, client] of clients.entries()) {
        client.send(piece === "" ? String(index) : piece);
        await talk(server.port, "PING\r\n");
      }
    }
    for (const [index, client] of clients.entries())
      assert.equal(await client.finish(), `$3\r\n0${index}0\r\n`);
  });

  test("names what it does not know as Redis does", async () => {
    await using server = await startTestListener({}, resp);
    const long = "x".repeat(200);
    for (const [input, reply] of [
      [request("nope"), "-ERR unknown command 'nope', with args beginning with: \r\n"],
      [
        request("no", "a", "b c"),
        "-ERR unknown command 'no', with args beginning with: 'a' 'b c' \r\n",
      ],
      [
        request("no", long, "y"),
        `-ERR unknown command 'no', with args beginning with: '${"x".repeat(128)}' \r\n`,
      ],
      [request(long), `-ERR unknown command '${"x".repeat(128)}', with args beginning with: \r\n`],
      [
        request("no", "a\r\nb\0c"),
        "-ERR unknown command 'no', with args beginning with: 'a  b' \r\n",
      ],
      [request(""), "-ERR unknown command '', with args beginning with: \r\n"],
      [request("MULTI"), "-ERR unknown command 'MULTI', with args beginning with: \r\n"],
      [
        request("SUBSCRIBE", "a"),
        "-ERR unknown command 'SUBSCRIBE', with args beginning with: 'a' \r\n",
      ],
      [request("echo"), "-ERR wrong number of arguments for 'echo' command\r\n"],
      [request("ECHO", "a", "b"), "-ERR wrong number of arguments for 'echo' command\r\n"],
      [request("CLIENT"), "-ERR wrong number of arguments for 'client' command\r\n"],
      [request("CLIENT", "fOo"), "-ERR unknown subcommand 'fOo'. Try CLIENT HELP.\r\n"],
      [request("CLIENT", "ID", "x"), "-ERR wrong number of arguments for 'client|id' command\r\n"],
    ] as const) {
      assert.equal(await talk(server.port, `${input}PING\r\n`), `${reply}+PONG\r\n`);
    }
  });

  test("ends when it is no RESP, after it has answered what was", async () => {
    await using server = await startTestListener({}, resp);
    for (const [input, reason] of [
      ["*x\r\n", "invalid multibulk length"],
      ["*1\r\nPING\r\n", "expected '$', got 'P'"],
      ["*1\r\n$-5\r\n", "invalid bulk length"],
      ['PING "a\r\n', "unbalanced quotes in request"],
      ["x".repeat(70_000), "too big inline request"],
    ] as const) {
      await using client = await TestClient.connect(server.port);
      client.send(`PING\r\n${input}`);
      client.send("PING\r\n");
      assert.equal(await client.rest(), `+PONG\r\n-ERR Protocol error: ${reason}\r\n`);
    }
  });

  test("is cut without a word when it is a web page's", async () => {
    await using server = await startTestListener({}, resp);
    for (const input of [
      "POST / HTTP/1.1\r\nHost: localhost\r\n\r\nPING\r\n",
      "GET / HTTP/1.1\r\n",
      "PATCH /x HTTP/1.1\r\nPING\r\n",
      "Host: localhost\r\nPING\r\n",
      request("post"),
    ]) {
      await using client = await TestClient.connect(server.port);
      client.send(input);
      assert.equal(await client.rest(), "");
    }
  });

  test("goes on behind a request that is over a limit", async () => {
    await using server = await startTestListener(
      { valueLimitBytes: mebibyte, requestLimitBytes: 2 * mebibyte },
      resp,
    );
    const whole = "v".repeat(mebibyte);
    assert.equal(
      await talk(server.port, `${request("ECHO", `${whole}v`)}PING\r\n`),
      "-ERR the value is longer than the limit of 1048576 bytes\r\n+PONG\r\n",
    );
    assert.equal(
      await talk(server.port, `${request("ECHO", whole, whole)}PING\r\n`),
      "-ERR the request is longer than the limit of 2097152 bytes\r\n+PONG\r\n",
    );
    assert.equal(await talk(server.port, request("ECHO", whole)), `$${mebibyte}\r\n${whole}\r\n`);
  });

  test("is read more slowly while long answers wait for a disk", async () => {
    await using server = await startTestListener({ pendingOutputLimitBytes: 64 * 1024 }, resp);
    await using client = await TestClient.connect(server.port);
    await using other = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    const echoes = 200;
    const message = "x".repeat(mebibyte / 4);
    client.send(request("HSET", "a", "k", "v") + request("ECHO", message).repeat(echoes));
    const unknown = "-ERR unknown command 'NOPE', with args beginning with: \r\n";
    const accepted = await acceptedBytes(client, other, unknown);
    assert.ok(accepted < (echoes * message.length) / 2, `${accepted} bytes were taken`);
    server.kv.durable = undefined;
    resolve();
    const rest = await client.finish();
    assert.equal(
      rest.length,
      ":1\r\n".length + echoes * ("$262144\r\n\r\n".length + message.length),
    );
  });

  test("is told that there are too many in RESP", async () => {
    await using server = await startTestListener({ connectionLimit: 1 }, resp);
    await using first = await TestClient.connect(server.port);
    first.send("PING\r\n");
    assert.equal(await first.reply("+PONG\r\n"), "+PONG\r\n");
    await using second = await TestClient.connect(server.port);
    assert.equal(await second.rest(), "-ERR too many connections (the limit is 1)\r\n");
  });

  test("goes on beside clients that announce more than they send", async () => {
    await using server = await startTestListener({ valueLimitBytes: 512 * mebibyte }, resp);
    const announcing = await Promise.all(
      Array.from({ length: 20 }, () => TestClient.connect(server.port)),
    );
    const before = process.memoryUsage().arrayBuffers;
    for (const client of announcing) client.send("*3\r\n$4\r\nHSET\r\n$536870912\r\nx");
    assert.equal(await talk(server.port, "PING\r\n"), "+PONG\r\n");
    assert.ok(process.memoryUsage().arrayBuffers - before < 64 * mebibyte);
    for (const client of announcing) await client[Symbol.asyncDispose]();
  });
});
