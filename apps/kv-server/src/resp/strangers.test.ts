import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventRecorder } from "../../test/event-recorder.ts";
import { startTestListener, type TestListener } from "../../test/start-test-listener.ts";
import { request, talk } from "../../test/talk.ts";
import { hashPassword } from "../password.ts";
import { COMMANDS } from "./commands/commands.ts";
import { respProtocol } from "./resp-protocol.ts";

const password = "looking-glass";

/** What a client may say before it has logged in, and is answered otherwise. */
const open = new Set(["HELLO", "AUTH", "QUIT", "RESET"]);

/** Of the commands that have parts, one of each; the others take any words. */
const parts: Readonly<Record<string, readonly string[]>> = {
  CLIENT: ["LIST"],
  CONFIG: ["GET", "port"],
  COMMAND: ["COUNT"],
};

async function startGuarded(): Promise<TestListener> {
  const users = { alice: await hashPassword(Buffer.from(password)) };
  return startTestListener({ users }, { protocol: respProtocol });
}

suite("a client that has not logged in", { timeout: 60_000 }, () => {
  test("is served no command but those by which it logs in or leaves", async () => {
    await using server = await startGuarded();
    const asked = COMMANDS.filter(({ name }) => !open.has(name)).map(({ name, arity }) => {
      // Numbers, so that nothing is wrong with the words of whatever command.
      const words = Array.from({ length: Math.abs(arity) - 1 }, () => "1");
      return request(name, ...(parts[name] ?? words));
    });
    assert.ok(asked.length > 45, `${asked.length} commands`);
    for (const each of asked) {
      const reply = await talk(server.port, each);
      assert.equal(reply, "-NOAUTH Authentication required.\r\n", each);
    }
    assert.equal(server.kv.asked, 0);
  });

  test("nor when it had logged in before RESET", async () => {
    await using server = await startGuarded();
    const input = `AUTH alice ${password}\r\nHLEN b\r\nRESET\r\nHLEN b\r\n`;
    const replies = "+OK\r\n:0\r\n+RESET\r\n-NOAUTH Authentication required.\r\n";
    assert.equal(await talk(server.port, input), replies);
  });

  test("finds nothing of what it sent in the log, however wrong that was", async () => {
    using recorder = new EventRecorder();
    await using server = await startGuarded();
    for (const input of [
      `AUHT alice ${password}\r\n`,
      `AUTH alice ${password}x\r\n`,
      `AUTH ${password}\r\n`,
      `HELLO 3 AUTH bob ${password}\r\n`,
      `HELLO 3 AUTH ${password}\r\n`,
      `AUTH alice "${password}\r\n`,
      `AUTH alice x y ${password}\r\n`,
      `*3\r\n$4\r\nAUTH\r\n$5\r\nalice\r\n${password}\r\n`,
      `GET /?${password} HTTP/1.1\r\n`,
    ]) {
      await talk(server.port, input);
    }
    const told = JSON.stringify(recorder.events);
    assert.match(told, /"wrong-password"/u);
    assert.ok(!told.includes(password));
  });
});
