import assert from "node:assert/strict";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { openNodeHome } from "../harness/node-home.ts";
import { environmentOf } from "../harness/node-process.ts";
import { noTerminal, type OpenTerminal, openTerminal } from "../harness/terminal.ts";

/** A shell on a node, opened by a person who has nothing else. */
async function openShell(node: { readonly dataDirectory: string }): Promise<OpenTerminal> {
  const command = `'${process.execPath}' '${join(checkout, "tools", "kv.ts")}' remote`;
  return await openTerminal(command, environmentOf(node));
}

suite("npm run kv -- remote on a terminal", { skip: noTerminal }, () => {
  test("evaluates on the node, completes, clears a line by ctrl-C, is left by ctrl-D, and the node lives on", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await using shell = await openShell(home);
    const { person, process: terminal } = shell;
    await person.read(/kv@[\w-]+\(1\)> /u);
    person.type('await kv.create("shopping")\r');
    await person.read(/undefined\r\n.*\(2\)> /u);
    person.type('await kv.put("shopping", "milk", "1"); await kv.get("shopping", "milk")\r');
    await person.read(/'1'\r\n.*\(3\)> /u);
    person.type("kv.api.listB");
    await person.read(/kv\.api\.listB/u);
    // Together with other keys it would be taken for a part of a text that is pasted.
    person.type("\t");
    await person.read(/uckets/u);
    person.type("\u0003");
    await person.read(/\(3\)> /u);
    person.type("await new Promise(() => {})\r");
    await person.read(/\{\}\)\r+\n/u);
    person.type("\u0003");
    await person.read(/Given up[^]*\(4\)> /u);
    person.type("nope\r");
    await person.read(/Uncaught ReferenceError: nope is not defined[^]*\(5\)> /u);
    const ended = once(terminal, "exit");
    person.type("\u0004");
    const [code] = await within(ended, "the shell to end");
    assert.equal(code, 0);
    assert.equal((await stat(join(shell.home, ".kv_history"))).mode & 0o777, 0o600);
    await node.stop();
  });
  test("ends with a line when the node does", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await using shell = await openShell(home);
    await shell.person.read(/kv@[\w-]+\(1\)> /u);
    const ended = once(shell.process, "exit");
    await node.stop();
    await shell.person.read(/Cannot finish "remote": node "kv" is stopping/u);
    const [code] = await within(ended, "the shell to end");
    assert.equal(code, 1);
  });
});
