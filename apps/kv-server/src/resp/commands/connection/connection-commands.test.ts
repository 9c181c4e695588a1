import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Replacements, startTestListener } from "../../../../test/start-test-listener.ts";
import { request, talk } from "../../../../test/talk.ts";
import { TestClient } from "../../../../test/test-client.ts";
import { hashPassword } from "../../../password.ts";
import { respProtocol } from "../../resp-protocol.ts";

const resp: Replacements = { protocol: respProtocol };
const users = { default: await hashPassword("secret"), alice: await hashPassword("wonderland") };
const NOAUTH = "-NOAUTH Authentication required.\r\n";
const WRONGPASS = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
const HELLO_NOAUTH =
  "-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n";

/** The greeting, with `N` for the number of the connection. */
function hello(version: 2 | 3): string {
  const map = version === 3 ? "%7" : "*14";
  return `${map}\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n7.0.15\r\n$5\r\nproto\r\n:${version}\r\n$2\r\nid\r\n:N\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n`;
}

async function talkOf(port: number, input: string): Promise<string> {
  const said = await talk(port, input);
  return said.replaceAll(/(\$2\r\nid\r\n:)\d+/gu, "$1N");
}

suite("HELLO", { timeout: 60_000 }, () => {
  test("agrees on the version, which then holds", async () => {
    await using server = await startTestListener({}, resp);
    for (const [input, reply] of [
      ["HELLO\r\n", hello(2)],
      ["HELLO 2\r\nCLIENT GETNAME\r\n", `${hello(2)}$-1\r\n`],
      ["HELLO 3\r\nCLIENT GETNAME\r\n", `${hello(3)}_\r\n`],
      ["hello 3\r\nhello\r\nhello 2\r\n", hello(3) + hello(3) + hello(2)],
      ["HELLO 3 SETNAME me\r\nCLIENT GETNAME\r\n", `${hello(3)}$2\r\nme\r\n`],
      ["HELLO 3 AUTH default any SETNAME me\r\nCLIENT GETNAME\r\n", `${hello(3)}$2\r\nme\r\n`],
    ] as const) {
      assert.equal(await talkOf(server.port, input), reply);
    }
  });

  test("refuses what it does not understand, and changes nothing", async () => {
    await using server = await startTestListener({}, resp);
    for (const [input, reply] of [
      ["HELLO 4", "NOPROTO unsupported protocol version"],
      ["HELLO 1 FOO", "NOPROTO unsupported protocol version"],
      ["HELLO x", "ERR Protocol version is not an integer or out of range"],
      ['HELLO ""', "ERR Protocol version is not an integer or out of range"],
      ["HELLO 3 foo", "ERR Syntax error in HELLO option 'foo'"],
      ["HELLO 3 auth a", "ERR Syntax error in HELLO option 'auth'"],
      ["HELLO 3 setname", "ERR Syntax error in HELLO option 'setname'"],
      [
        'HELLO 3 setname "a b"',
        "ERR Client names cannot contain spaces, newlines or special characters.",
      ],
      ["HELLO 3 AUTH nobody x", WRONGPASS.slice(1, -2)],
    ] as const) {
      const said = await talk(server.port, `${input}\r\nCLIENT GETNAME\r\n`);
      assert.equal(said, `-${reply}\r\n$-1\r\n`);
    }
  });

  test("logs in, or says that one has to", async () => {
    await using server = await startTestListener({ users }, resp);
    for (const [input, reply] of [
      ["HELLO\r\nPING\r\n", HELLO_NOAUTH + NOAUTH],
      ["HELLO 3 SETNAME x\r\n", HELLO_NOAUTH],
      ["HELLO 4\r\n", "-NOPROTO unsupported protocol version\r\n"],
      ["HELLO 3 AUTH alice no SETNAME x\r\nPING\r\n", WRONGPASS + NOAUTH],
      ["HELLO 3 AUTH alice wonderland SETNAME x\r\nCLIENT GETNAME\r\n", `${hello(3)}$1\r\nx\r\n`],
      ["AUTH secret\r\nHELLO 3\r\nCLIENT GETNAME\r\n", `+OK\r\n${hello(3)}_\r\n`],
      ["AUTH secret\r\nHELLO 3 AUTH alice no\r\nHELLO\r\n", `+OK\r\n${WRONGPASS}${hello(2)}`],
    ] as const) {
      assert.equal(await talkOf(server.port, input), reply);
    }
  });
});

suite("AUTH", { timeout: 60_000 }, () => {
  test("takes a password, or a user and a password", async () => {
    await using server = await startTestListener({ users }, resp);
    for (const [input, reply] of [
      ["PING\r\nAUTH secret\r\nPING\r\n", `${NOAUTH}+OK\r\n+PONG\r\n`],
      ["AUTH default secret\r\nPING\r\n", "+OK\r\n+PONG\r\n"],
      ["AUTH alice wonderland\r\nPING\r\n", "+OK\r\n+PONG\r\n"],
      ["AUTH wonderland\r\nPING\r\n", WRONGPASS + NOAUTH],
      ["AUTH alice secret\r\nPING\r\n", WRONGPASS + NOAUTH],
      ["AUTH secret\r\nAUTH no\r\nPING\r\n", `+OK\r\n${WRONGPASS}+PONG\r\n`],
      ["AUTH\r\n", "-ERR wrong number of arguments for 'auth' command\r\n"],
      ["AUTH a b c\r\n", "-ERR syntax error\r\n"],
    ] as const) {
      assert.equal(await talk(server.port, input), reply);
    }
  });

  test("is known to everybody as default where nobody has to log in", async () => {
    await using server = await startTestListener({}, resp);
    for (const [input, reply] of [
      ["AUTH default x\r\n", "+OK\r\n"],
      ["AUTH alice x\r\n", WRONGPASS],
      [
        "AUTH x\r\n",
        "-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n",
      ],
    ] as const) {
      assert.equal(await talk(server.port, input), reply);
    }
  });

  test("comes before everything that is no mistake in itself", async () => {
    await using server = await startTestListener({ users }, resp);
    for (const [input, reply] of [
      ["NOPE\r\n", "-ERR unknown command 'NOPE', with args beginning with: \r\n"],
      ["ECHO\r\n", "-ERR wrong number of arguments for 'echo' command\r\n"],
      ["CLIENT FOO\r\n", "-ERR unknown subcommand 'FOO'. Try CLIENT HELP.\r\n"],
      ["SELECT x\r\n", NOAUTH],
      ["INFO\r\n", NOAUTH],
      ["CLIENT KILL USER default SKIPME no\r\nPING\r\n", NOAUTH + NOAUTH],
      ["RESET\r\nPING\r\n", `+RESET\r\n${NOAUTH}`],
      ["QUIT\r\nPING\r\n", "+OK\r\n"],
      [
        request(..."a b c d e f g h i j k".split(" ")),
        "-ERR Protocol error: unauthenticated multibulk length\r\n",
      ],
      ["*1\r\n$16385\r\n", "-ERR Protocol error: unauthenticated bulk length\r\n"],
    ] as const) {
      assert.equal(await talk(server.port, input), reply);
    }
  });

  test("lifts the limits of strangers for what comes behind it in one go", async () => {
    await using server = await startTestListener({ users }, resp);
    const long = "x".repeat(100_000);
    const input = request("AUTH", "secret") + request("ECHO", long);
    assert.equal(await talk(server.port, input), `+OK\r\n$100000\r\n${long}\r\n`);
  });
});

const BEYOND_32_BITS =
  "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n";

suite("the connection's other commands", { timeout: 60_000 }, () => {
  test("SELECT knows one database", async () => {
    await using server = await startTestListener({}, resp);
    for (const [index, reply] of [
      ["0", "+OK\r\n"],
      ["1", "-ERR DB index is out of range\r\n"],
      ["-1", "-ERR DB index is out of range\r\n"],
      ["x", "-ERR value is not an integer or out of range\r\n"],
      ["2147483647", "-ERR DB index is out of range\r\n"],
      ["2147483648", BEYOND_32_BITS],
      ["-2147483649", BEYOND_32_BITS],
    ] as const) {
      assert.equal(await talk(server.port, request("SELECT", index)), reply);
    }
  });

  test("PING with too many words is a mistake", async () => {
    await using server = await startTestListener({}, resp);
    const reply = "-ERR wrong number of arguments for 'ping' command\r\n";
    assert.equal(await talk(server.port, "PING a b\r\n"), reply);
  });

  test("RESET forgets version, name and log-in", async () => {
    await using server = await startTestListener({ users }, resp);
    const input =
      "HELLO 3 AUTH alice wonderland SETNAME x\r\nRESET\r\nPING\r\nAUTH secret\r\nCLIENT GETNAME\r\n";
    const reply = `${hello(3)}+RESET\r\n${NOAUTH}+OK\r\n$-1\r\n`;
    assert.equal(await talkOf(server.port, input), reply);
  });

  test("QUIT ends the connection behind what was asked before", async () => {
    await using server = await startTestListener({}, resp);
    await using client = await TestClient.connect(server.port);
    client.send("PING\r\nQUIT now\r\nPING\r\n");
    assert.equal(await client.rest(), "+PONG\r\n+OK\r\n");
  });
});
