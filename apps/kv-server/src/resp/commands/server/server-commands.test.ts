import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Replacements, startTestListener } from "../../../../test/start-test-listener.ts";
import { request, talk } from "../../../../test/talk.ts";
import { COMMANDS } from "../commands.ts";
import { respProtocol } from "../../resp-protocol.ts";

const resp: Replacements = { protocol: respProtocol };

async function ask(input: string): Promise<string> {
  await using server = await startTestListener({ idleTimeoutMs: 1500 }, resp);
  return await talk(server.port, input);
}

async function askInVersion3(input: string): Promise<string> {
  const said = await ask(`HELLO 3\r\n${input}`);
  return said.slice(said.indexOf("modules\r\n*0\r\n") + "modules\r\n*0\r\n".length);
}

suite("COMMAND", { timeout: 60_000 }, () => {
  test("tells of one command as Redis does", async () => {
    const echo2 =
      "*10\r\n$4\r\necho\r\n:2\r\n*3\r\n+loading\r\n+stale\r\n+fast\r\n:0\r\n:0\r\n:0\r\n*2\r\n+@fast\r\n+@connection\r\n*0\r\n*0\r\n*0\r\n";
    const echo3 =
      "*10\r\n$4\r\necho\r\n:2\r\n~3\r\n+loading\r\n+stale\r\n+fast\r\n:0\r\n:0\r\n:0\r\n~2\r\n+@fast\r\n+@connection\r\n~0\r\n~0\r\n~0\r\n";
    assert.equal(await ask("COMMAND INFO Echo nope\r\n"), `*2\r\n${echo2}$-1\r\n`);
    assert.equal(await askInVersion3("COMMAND INFO echo nope\r\n"), `*2\r\n${echo3}_\r\n`);
  });

  test("tells of a command's parts", async () => {
    const reply = await ask("COMMAND INFO config config|get\r\n");
    assert.match(reply, /^\*2\r\n\*10\r\n\$6\r\nconfig\r\n:-2\r\n\*0\r\n/u);
    assert.equal(reply.split("config|get\r\n:-3\r\n*4\r\n+admin\r\n").length, 3);
  });

  test("counts and lists commands", async () => {
    assert.equal(await ask("COMMAND COUNT\r\n"), `:${COMMANDS.length}\r\n`);
    const names = COMMANDS.flatMap(({ name, subcommands = [] }) => [
      name,
      ...subcommands.map((part) => part.name),
    ]);
    const listed = await ask("COMMAND LIST\r\n");
    assert.match(listed, new RegExp(`^\\*${names.length}\r\n`, "u"));
    for (const name of names) assert.ok(listed.includes(`\r\n${name.toLowerCase()}\r\n`), name);
    assert.match(await ask("COMMAND\r\n"), new RegExp(`^\\*${COMMANDS.length}\r\n\\*10\r\n`, "u"));
    for (const [input, reply] of [
      [
        "COMMAND LIST FILTERBY PATTERN client|i*",
        "*2\r\n$9\r\nclient|id\r\n$11\r\nclient|info\r\n",
      ],
      ["COMMAND LIST FILTERBY MODULE x", "*0\r\n"],
      ["COMMAND LIST FILTERBY ACLCAT nope", "*0\r\n"],
      ["COMMAND LIST FILTERBY x y", "-ERR syntax error\r\n"],
      ["COMMAND LIST x", "-ERR syntax error\r\n"],
      ["COMMAND FOO", "-ERR unknown subcommand 'FOO'. Try COMMAND HELP.\r\n"],
      ["COMMAND COUNT x", "-ERR wrong number of arguments for 'command|count' command\r\n"],
    ] as const) {
      assert.equal(await ask(`${input}\r\n`), reply);
    }
    assert.match(await askInVersion3("COMMAND LIST\r\n"), /^\*/u, "no set, other than its peers");
  });

  test("DOCS is a map of maps", async () => {
    const docs =
      "$7\r\nsummary\r\n$37\r\nReturns the message that it is given.\r\n$5\r\nsince\r\n$5\r\n1.0.0\r\n$5\r\ngroup\r\n$10\r\nconnection\r\n";
    assert.equal(await ask("COMMAND DOCS echo nope\r\n"), `*2\r\n$4\r\necho\r\n*6\r\n${docs}`);
    assert.equal(
      await askInVersion3("COMMAND DOCS echo nope\r\n"),
      `%1\r\n$4\r\necho\r\n%3\r\n${docs}`,
    );
  });

  test("takes no more names than it can answer for", async () => {
    const names = Array.from({ length: 1001 }, () => "command");
    for (const part of [
      ["COMMAND", "INFO"],
      ["COMMAND", "DOCS"],
      ["CONFIG", "GET"],
    ])
      assert.equal(
        await ask(request(...part, ...names)),
        "-ERR too many names (the limit is 1000)\r\n",
      );
  });

  test("GETKEYS finds the names of buckets", async () => {
    for (const [words, reply] of [
      ["HGET a b", "*1\r\n$1\r\na\r\n"],
      ["hset a b c d e", "*1\r\n$1\r\na\r\n"],
      ["HGET a", "-ERR Invalid number of arguments specified for command\r\n"],
      ["nope a", "-ERR Invalid command specified\r\n"],
      ["ECHO a", "-ERR The command has no key arguments\r\n"],
      ["HGET", "-ERR wrong number of arguments for 'command|getkeys' command\r\n"],
    ] as const) {
      assert.equal(await ask(`COMMAND GETKEYS ${words}\r\n`), reply);
    }
  });
});

suite("CONFIG", { timeout: 60_000 }, () => {
  test("GET tells what is true", async () => {
    for (const [words, reply] of [
      ["save", "*2\r\n$4\r\nsave\r\n$0\r\n\r\n"],
      ["SAVE sav[d-f] save", "*2\r\n$4\r\nsave\r\n$0\r\n\r\n"],
      ["nope", "*0\r\n"],
      ["timeout databases", "*4\r\n$9\r\ndatabases\r\n$1\r\n1\r\n$7\r\ntimeout\r\n$1\r\n2\r\n"],
      [
        "maxmemory*",
        "*4\r\n$9\r\nmaxmemory\r\n$1\r\n0\r\n$16\r\nmaxmemory-policy\r\n$10\r\nnoeviction\r\n",
      ],
    ] as const) {
      assert.equal(await ask(`CONFIG GET ${words}\r\n`), reply);
    }
    assert.equal(await askInVersion3("CONFIG GET save\r\n"), "%1\r\n$4\r\nsave\r\n$0\r\n\r\n");
    await using server = await startTestListener({}, resp);
    const { length } = String(server.port);
    const port = `*2\r\n$4\r\nport\r\n$${length}\r\n${server.port}\r\n`;
    assert.equal(await talk(server.port, "CONFIG GET port\r\n"), port);
  });

  test("SET is refused", async () => {
    assert.match(await ask("CONFIG SET save x\r\n"), /^-ERR CONFIG SET is not supported: /u);
    assert.equal(
      await ask("CONFIG SET save\r\n"),
      "-ERR wrong number of arguments for 'config|set' command\r\n",
    );
  });

  test("HELP lists its parts", async () => {
    const help = await ask("CONFIG HELP\r\n");
    assert.match(help, /^\*7\r\n\+CONFIG <subcommand> /u);
    assert.match(help, /\r\n\+GET\r\n\+ {4}Returns the settings/u);
  });
});

suite("INFO and TIME", { timeout: 60_000 }, () => {
  test("INFO tells all sections, or those that are asked for", async () => {
    const all = await ask("PING\r\nINFO\r\n");
    const sections = Array.from(all.matchAll(/^# (.*)\r$/gmu), ([, name]) => name);
    const expected = "Server Clients Memory Persistence Stats Replication CPU Cluster Keyspace";
    assert.deepEqual(sections, expected.split(" "));
    assert.match(all, /\r\nredis_version:7\.0\.15\r\n/u);
    assert.match(all, /\r\nconnected_clients:1\r\n/u);
    assert.match(all, /\r\ntotal_commands_processed:2\r\n/u);
    assert.match(all, /\r\n\r\n# Replication\r\nrole:master\r\nconnected_slaves:0\r\n/u);
    const text = "# Replication\r\nrole:master\r\nconnected_slaves:0\r\nmaster_repl_offset:0\r\n";
    assert.equal(await ask("INFO replication\r\n"), `$${text.length}\r\n${text}\r\n`);
    assert.equal(
      await askInVersion3("INFO REPLICATION\r\n"),
      `=${text.length + 4}\r\ntxt:${text}\r\n`,
    );
    assert.equal(await ask("INFO nope\r\n"), "$0\r\n\r\n");
    assert.match(await ask("INFO keyspace replication\r\n"), /# Replication[^]*# Keyspace/u);
  });

  test("INFO tells what the engine knows", async () => {
    await using server = await startTestListener({}, resp);
    Object.assign(server.kv, {
      statistics: () => ({ buckets: 3, keys: 9, logBytes: 100, writable: false }),
    });
    const all = await talk(server.port, request("INFO", "keyspace", "persistence"));
    assert.match(all, /\r\ndb0:keys=3,expires=0,avg_ttl=0\r\n/u);
    assert.match(all, /\r\naof_enabled:1\r\n/u);
    assert.match(all, /\r\naof_last_write_status:err\r\n/u);
    assert.match(await talk(server.port, request("CONFIG", "GET", "appendonly")), /\r\nyes\r\n/u);
  });

  test("CONFIG GET tells when the log is synced, in Redis' words", async () => {
    for (const [sync, appendfsync] of [
      ["always", "always"],
      ["everysec", "everysec"],
      ["never", "no"],
      [undefined, "no"],
    ] as const) {
      await using server = await startTestListener({}, resp);
      Object.assign(server.kv, { statistics: () => ({ sync, buckets: 0 }) });
      const reply = await talk(server.port, request("CONFIG", "GET", "appendfsync"));
      const { length } = appendfsync;
      assert.equal(reply, `*2\r\n$11\r\nappendfsync\r\n$${length}\r\n${appendfsync}\r\n`);
    }
  });

  test("TIME is the time of day in two numbers", async () => {
    const [, seconds = "", micros = ""] =
      /^\*2\r\n\$10\r\n(\d+)\r\n\$\d\r\n(\d+)\r\n$/u.exec(await ask("TIME\r\n")) ?? [];
    assert.ok(Number(seconds) > 1.7e9);
    assert.ok(micros !== "" && Number(micros) < 1e6);
  });
});
