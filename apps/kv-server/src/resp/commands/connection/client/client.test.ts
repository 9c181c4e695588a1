import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Replacements, startTestListener } from "../../../../../test/start-test-listener.ts";
import { request, talk } from "../../../../../test/talk.ts";
import { TestClient } from "../../../../../test/test-client.ts";
import { hashPassword } from "../../../../password.ts";
import { localEndOf } from "../../../../socket.ts";
import { respProtocol } from "../../../resp-protocol.ts";

const resp: Replacements = { protocol: respProtocol };

/** A client that has been welcomed, with its number. */
async function join(port: number, first = ""): Promise<{ client: TestClient; id: number }> {
  const client = await TestClient.connect(port);
  client.send(`${first}CLIENT ID\r\n`);
  const welcome = first === "" ? ":" : "+OK\r\n:";
  assert.equal(await client.reply(welcome), welcome);
  let digits = "";
  while (!digits.endsWith("\r\n")) digits += await client.reply("0");
  return { client, id: Number(digits) };
}

suite("CLIENT", { timeout: 60_000 }, () => {
  test("names the connection and its library", async () => {
    await using server = await startTestListener({}, resp);
    for (const [input, reply] of [
      ["CLIENT GETNAME\r\n", "$-1\r\n"],
      ["CLIENT SETNAME a\r\nclient getname\r\n", "+OK\r\n$1\r\na\r\n"],
      ['CLIENT SETNAME a\r\nCLIENT SETNAME ""\r\nCLIENT GETNAME\r\n', "+OK\r\n+OK\r\n$-1\r\n"],
      [
        'CLIENT SETNAME "a b"\r\n',
        "-ERR Client names cannot contain spaces, newlines or special characters.\r\n",
      ],
      [
        request("CLIENT", "SETNAME", "é"),
        "-ERR Client names cannot contain spaces, newlines or special characters.\r\n",
      ],
      [
        request("CLIENT", "SETNAME", "a".repeat(1025)),
        "-ERR Client names cannot be longer than 1024 bytes.\r\n",
      ],
      ["CLIENT SETINFO lib-name x\r\nCLIENT SETINFO LIB-VER 1\r\n", "+OK\r\n+OK\r\n"],
      ["CLIENT SETINFO foo x\r\n", "-ERR Unrecognized option 'foo'\r\n"],
      [
        'CLIENT SETINFO lib-name "a b"\r\n',
        "-ERR lib-name cannot contain spaces, newlines or special characters.\r\n",
      ],
      ["CLIENT NO-EVICT ON\r\nCLIENT NO-TOUCH off\r\n", "+OK\r\n+OK\r\n"],
      ["CLIENT NO-EVICT x\r\n", "-ERR syntax error\r\n"],
      ["CLIENT REPLY on\r\n", "+OK\r\n"],
      [
        "CLIENT REPLY SKIP\r\nPING\r\n",
        "-ERR CLIENT REPLY OFF and SKIP are not supported: every request has a reply\r\n+PONG\r\n",
      ],
      ["CLIENT REPLY x\r\n", "-ERR syntax error\r\n"],
    ] as const) {
      assert.equal(await talk(server.port, input), reply);
    }
  });

  test("INFO and LIST tell of connections", async () => {
    await using server = await startTestListener({}, { ...resp });
    const one = await join(server.port, "CLIENT SETNAME one\r\n");
    const two = await join(server.port);
    const said = await talk(
      server.port,
      "CLIENT SETINFO LIB-NAME lib\r\nCLIENT SETINFO LIB-VER 1.2\r\nCLIENT INFO\r\nCLIENT LIST\r\n",
    );
    const lines = said.split("\n").filter((line) => line.startsWith("id="));
    const [info, first, second, last] = lines;
    assert.equal(lines.length, 4);
    assert.equal(
      first,
      `id=${one.id} addr=${localEndOf(one.client.socket)} laddr=127.0.0.1:${server.port} name=one age=0 idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 events=r cmd=client|id user=default redir=-1 resp=2 lib-name= lib-ver=`,
    );
    assert.ok(second?.startsWith(`id=${two.id} `));
    assert.match(info ?? "", / cmd=client\|info .* lib-name=lib lib-ver=1\.2$/u);
    assert.match(last ?? "", / cmd=client\|list .* lib-name=lib lib-ver=1\.2$/u);
    await one.client[Symbol.asyncDispose]();
    await two.client[Symbol.asyncDispose]();
  });

  test("LIST filters by number and type, and is text in RESP3", async () => {
    await using server = await startTestListener({}, resp);
    const one = await join(server.port);
    for (const [input, reply] of [
      [`CLIENT LIST ID ${one.id}`, new RegExp(`^\\$\\d+\r\nid=${one.id} [^\n]*\n\r\n$`, "u")],
      ["CLIENT LIST TYPE normal", /^\$\d+\r\nid=[^\n]*\nid=[^\n]*\n\r\n$/u],
      ["CLIENT LIST TYPE pubsub", /^\$0\r\n\r\n$/u],
      ["CLIENT LIST ID 999999", /^\$0\r\n\r\n$/u],
      ["CLIENT LIST TYPE foo", /^-ERR Unknown client type 'foo'\r\n$/u],
      ["CLIENT LIST ID 1 x", /^-ERR Invalid client ID\r\n$/u],
      ["CLIENT LIST ID", /^-ERR syntax error\r\n$/u],
      ["CLIENT LIST foo", /^-ERR syntax error\r\n$/u],
      ["HELLO 3\r\nCLIENT INFO", /=\d+\r\ntxt:id=\d+ .* resp=3 /u],
    ] as const) {
      assert.match(await talk(server.port, `${input}\r\n`), reply);
    }
    await one.client[Symbol.asyncDispose]();
  });
});

suite("CLIENT KILL", { timeout: 60_000 }, () => {
  test("cuts others by number, address and user", async () => {
    const users = { default: await hashPassword("s"), bob: await hashPassword("t") };
    await using server = await startTestListener({ users }, resp);
    for (const filter of ["ID #", "ADDR @", "USER bob", "LADDR = USER bob", "TYPE normal", "@"]) {
      const { client, id } = await join(server.port, "AUTH bob t\r\n");
      const address = localEndOf(client.socket);
      const words = filter
        .replace("#", String(id))
        .replace("@", address)
        .replace("=", `127.0.0.1:${server.port}`);
      const reply = filter === "@" ? "+OK\r\n" : ":1\r\n";
      const said = await talk(server.port, `AUTH s\r\nCLIENT KILL ${words}\r\nPING\r\n`);
      assert.equal(said, `+OK\r\n${reply}+PONG\r\n`, filter);
      assert.equal(await client.rest(), "");
    }
  });

  test("cuts itself only when it is told to, and says so first", async () => {
    await using server = await startTestListener({}, resp);
    const kill = "CLIENT KILL USER default SKIPME";
    assert.equal(await talk(server.port, `${kill} yes\r\nPING\r\n`), ":0\r\n+PONG\r\n");
    await using client = await TestClient.connect(server.port);
    client.send(`PING\r\n${kill} no\r\nPING\r\n`);
    assert.equal(await client.rest(), "+PONG\r\n:1\r\n");
    await using other = await TestClient.connect(server.port);
    other.send(`CLIENT KILL ${localEndOf(other.socket)}\r\nPING\r\n`);
    assert.equal(await other.rest(), "+OK\r\n");
  });

  test("refuses what it does not understand, and cuts nobody", async () => {
    await using server = await startTestListener({}, resp);
    await using witness = await TestClient.connect(server.port);
    for (const [words, reply] of [
      ["1.2.3.4:5", "-ERR No such client"],
      ["ID", "-ERR No such client"],
      ["ID x", "-ERR client-id should be greater than 0"],
      ["ID 0", "-ERR client-id should be greater than 0"],
      ["ID 999999", ":0"],
      ["ID 1 ADDR", "-ERR syntax error"],
      ["TYPE foo", "-ERR Unknown client type 'foo'"],
      ["TYPE pubsub", ":0"],
      ["USER nobody", "-ERR No such user 'nobody'"],
      ["foo bar", "-ERR syntax error"],
      ["USER default SKIPME maybe", "-ERR syntax error"],
      ["USER default ID 999999", ":0"],
    ] as const) {
      assert.equal(await talk(server.port, `CLIENT KILL ${words}\r\n`), `${reply}\r\n`);
    }
    witness.send("PING\r\n");
    assert.equal(await witness.finish(), "+PONG\r\n");
  });
});
