import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite, test } from "node:test";
import { within } from "../../harness/deadline.ts";
import { findProgram } from "../../harness/find-program.ts";
import { guardProcess, pidOf } from "../../harness/process-guard.ts";
import { startOurServer } from "../servers/our-server.ts";
import { redisCliEnvironment, redisCliPath, withoutRedisCli } from "./redis-cli.ts";

const script = process.platform === "linux" ? findProgram("script") : undefined;
const skip =
  withoutRedisCli ||
  (script === undefined
    ? "there is no script of util-linux here to make a terminal (Debian: apt-get install bsdutils)"
    : false);

/** A dialogue: what is awaited on the terminal, and what is typed then. */
type Turn = readonly [awaited: string | RegExp, typed: string];

/** Plays `dialogue` with redis-cli on a terminal; all that the terminal showed. */
async function onTerminal(
  port: number,
  options: string,
  dialogue: readonly Turn[],
): Promise<string> {
  // A dumb terminal: redis-cli then edits no line, and what is typed and shown can be told apart.
  const env = { ...process.env, ...redisCliEnvironment, SHELL: "/bin/sh", TERM: "dumb" };
  const command = `exec '${redisCliPath}' -p ${port} ${options}`;
  const terminal = spawn(script ?? "script", ["-qec", command, "/dev/null"], { env });
  const unguard = guardProcess(pidOf(terminal));
  const closed = once(terminal, "close");
  const turns = [...dialogue];
  let [shown, read] = ["", 0];
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    for (let turn = turns[0]; turn !== undefined; turn = turns[0]) {
      const end = endOf(turn[0], shown.slice(read));
      if (end === undefined) return;
      read += end;
      terminal.stdin.write(`${turn[1]}\n`);
      turns.shift();
    }
  });
  try {
    await within(closed, () => `redis-cli to say ${String(turns[0]?.[0])}:\n${shown}`);
    return shown;
  } finally {
    terminal.kill();
    unguard();
  }
}

/** Where what is awaited ends in `text`, `undefined` when it has not come. */
function endOf(awaited: string | RegExp, text: string): number | undefined {
  const found = typeof awaited === "string" ? text.indexOf(awaited) : text.search(awaited);
  return found === -1 ? undefined : found + (typeof awaited === "string" ? awaited.length : 1);
}

suite("redis-cli on a terminal", { skip }, () => {
  test("prompts, answers, helps and leaves", async () => {
    await using ours = await startOurServer();
    const prompt = `127.0.0.1:${ours.port}> `;
    const shown = await onTerminal(ours.port, "", [
      [prompt, "HSET shopping milk 1"],
      ["(integer) 1", "HGETALL shopping"],
      ['2) "1"', "HELP HSET"],
      [/group:.*hash/u, "NOSUCH a b"],
      ["(error) ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ", "SELECT 0"],
      ["OK", "exit"],
    ]);
    assert.match(shown, /summary:/u);
    assert.doesNotMatch(shown, /Could not connect|Error/u);
  });

  test("speaks RESP3", async () => {
    await using ours = await startOurServer();
    await onTerminal(ours.port, "-3", [
      [`127.0.0.1:${ours.port}> `, "HSET shopping milk 1"],
      ["(integer) 1", "HGETALL shopping"],
      ['1# "milk" => "1"', "HELLO 2"],
      ['"proto"', "HGETALL shopping"],
      ['2) "1"', "QUIT"],
    ]);
  });
});
