import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS } from "./commands/commands.ts";
import { CommandTable } from "./command-table.ts";

const table = new CommandTable(COMMANDS);

function find(text: string): string | undefined {
  const bytes = Buffer.from(`xx${text}yy`, "latin1");
  return table.find(bytes, 2, bytes.length - 2)?.name;
}

test("CommandTable finds every command in any case", () => {
  for (const { name } of COMMANDS) {
    const mixed = Array.from(name, (letter, at) => (at % 2 === 0 ? letter.toLowerCase() : letter));
    for (const form of [name, name.toLowerCase(), mixed.join("")]) assert.equal(find(form), name);
  }
});

test("CommandTable finds nothing else", () => {
  for (const name of [
    "",
    "P",
    "PINGG",
    "PIN",
    "P\x09NG",
    "PING\0",
    "\xd0ING",
    "[ING",
    "x".repeat(100_000),
  ]) {
    assert.equal(find(name), undefined, name.slice(0, 10));
  }
  for (const { name } of COMMANDS) {
    // The bytes that only differ in the bit which tells the cases apart.
    const twin = Buffer.from(Array.from(Buffer.from(name), (byte) => byte ^ 0x20)).toString(
      "latin1",
    );
    if (/[^A-Z]/u.test(name)) assert.equal(find(twin), undefined);
  }
});

test("CommandTable refuses two commands of one name", () => {
  assert.throws(() => new CommandTable([...COMMANDS, ...COMMANDS.slice(0, 1)]));
});

test("every command tells COMMAND what is true", () => {
  for (const { name, arity, keys, request, subcommands, summary } of COMMANDS) {
    assert.equal(name, name.toUpperCase());
    assert.notEqual(arity, 0);
    assert.match(summary, /^[A-Z].*\.$/u);
    assert.ok(keys[0] === 0 ? keys.every((key) => key === 0) : keys[2] > 0);
    assert.equal(typeof request, "function");
    for (const part of subcommands ?? []) assert.ok(part.name.startsWith(`${name}|`));
  }
});
