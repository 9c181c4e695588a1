import assert from "node:assert/strict";
import { once } from "node:events";
import { suite, test } from "node:test";
import { openControlScene, type ToyApi } from "../../../testing/control-scene.ts";
import { FakeHost } from "../../../testing/fake-host.ts";
import { settled } from "../../../testing/manual-time.ts";
import { ApplicationError } from "../../errors.ts";
import { createControl } from "../control.ts";
import { runCommandLine } from "./run-command-line.ts";
import type { CommandDeclaration, NodeCommand, StandaloneCommand } from "../declaration/command.ts";

const naming = { application: "toy", key: "node", nameOf: (text: string) => text };

interface Count {
  readonly counted: number;
}

const count: NodeCommand<ToyApi, Count, { readonly n: number }> = {
  name: "count",
  summary: "Counts",
  arguments: [{ name: "to", description: "where it ends" }],
  options: [{ name: "by", type: "integer", description: "the step", default: 1 }],
  where: "node",
  run: async ({ words, options, print, api }) => {
    assert.equal(api.name, "toy");
    let counted = 0;
    for (let n = 1; n <= Number(words.text("to")); n += options.integer("by") ?? 1) {
      await print({ n });
      counted++;
    }
    return { counted };
  },
  formatItem: ({ n }) => `number ${n}`,
  format: ({ counted }) => `${counted} numbers`,
};

/** What a checker of files looks like: it needs no node, and tells by its exit code what it found. */
const check: StandaloneCommand<{ readonly damaged: number }, string> = {
  name: "check",
  summary: "Checks a folder",
  arguments: [{ name: "dir", description: "the folder" }],
  where: "standalone",
  run: async ({ words, print, progress }) => {
    const dir = words.text("dir");
    if (dir === "nonsense") {
      throw new ApplicationError("COMMAND_USAGE", { command: "", reason: "nonsense is no folder" });
    }
    progress(`checking ${dir}`);
    if (dir === "none")
      throw new ApplicationError("COMMAND_FAILED", {
        action: "check none",
        reason: "there is no such folder",
      });
    await print(`${dir}/1.log: ok`);
    return { damaged: dir === "bad" ? 1 : 0 };
  },
  format: ({ damaged }) => (damaged === 0 ? "sound" : `${damaged} damaged file`),
  exitCode: ({ damaged }) => (damaged === 0 ? 0 : 1),
};

const commands: readonly CommandDeclaration<ToyApi>[] = [count, check];

suite("what an operator types", () => {
  const table: readonly (readonly [
    words: string,
    code: number,
    stdout: string,
    stderr?: RegExp,
  ])[] = [
    ["count 3", 0, "number 1\nnumber 2\nnumber 3\n3 numbers\n"],
    ["count 3 --by 2 --json", 0, '{"n":1}\n{"n":3}\n{"counted":2}\n'],
    ["--json count 1", 0, '{"n":1}\n{"counted":1}\n'],
    ["count 1 --node toy", 0, "number 1\n1 numbers\n"],
    ["check good", 0, "good/1.log: ok\nsound\n"],
    ["check bad", 1, "bad/1.log: ok\n1 damaged file\n"],
    ["check bad --json", 1, '"bad/1.log: ok"\n{"damaged":1}\n'],
    ["check none", 1, "", /^Cannot check none: there is no such folder\n$/u],
    [
      "check good --node toy",
      64,
      "",
      /^Cannot run "check": it runs without a node; leave --node out\n$/u,
    ],
    [
      "count 1 --node none",
      1,
      "",
      /^Cannot reach node "none": it does not run here \(nothing answers at ".*"\)\n$/u,
    ],
    ["count 1 --node a.b", 64, "", /^Cannot run "count": --node takes the name of a node/u],
    [
      "cuont 3",
      64,
      "",
      /^Cannot run "cuont": there is no such command; did you mean count\? there are status, config, env get, env put, reload, rpc, remote, count, check\n$/u,
    ],
    ["env gte", 64, "", /did you mean env get\? there are env get, env put\n$/u],
    [
      "count",
      64,
      "",
      /^Cannot run "count": missing required argument 'to'; see toy count --help\n$/u,
    ],
    ["count 1 2", 64, "", /^Cannot run "count": too many arguments .*; see toy count --help\n$/u],
    [
      "count 1 --by x",
      64,
      "",
      /^Cannot run "count": option '--by <n>' argument 'x' is invalid\. .*; see toy count --help\n$/u,
    ],
    ["count 1 --fast", 64, "", /^Cannot run "count": unknown option '--fast'; see/u],
    ["", 64, "", /^Usage: toy COMMAND/u],
    ["env", 64, "", /^Usage: toy env COMMAND/u],
    ["env get toy table", 0, '"a"\n'],
    ["env get toy password", 0, '"********"\n'],
    [
      "env get toy tabel",
      1,
      "",
      /^Cannot get toy\.tabel: there is no such one; there are node, table, password\n$/u,
    ],
    [
      "env get tov table",
      1,
      "",
      /^Cannot get tov: there is no such one; there are toy, control\n$/u,
    ],
    ["env put toy table b,c", 0, 'toy.table is "b,c" until the node stops; it was "a"\n'],
    [
      "env put toy table a\u{FFFD}",
      64,
      "",
      /^Cannot run "env put": the argument value is no UTF-8, or has the character U\+FFFD in it; /u,
    ],
    ["env put toy table 5", 1, "", /^Cannot put toy\.table: expected text, got 5\n$/u],
    [
      "env put toy password x --json",
      0,
      '{"application":"toy","key":"password","value":"********","origin":"put","before":"********"}\n',
    ],
  ];
  for (const [words, code, stdout, stderr = /^$/u] of table) {
    test(words === "" ? "nothing" : words, async () => {
      await using scene = await openControlScene({ commands });
      const typed = await scene.type(words);
      assert.match(typed.stderr, stderr);
      assert.equal(typed.stdout, stdout);
      assert.equal(typed.code, code);
      assert.ok(!typed.stdout.includes("\u001b"));
    });
  }

  test("--help names every command, and --help behind a command its arguments and options", async () => {
    await using scene = await openControlScene({ commands });
    for (const words of ["--help", "help"]) {
      const { code, stdout } = await scene.type(words);
      assert.equal(code, 0);
      assert.match(stdout, /On a live node:[^]*status[^]*count[^]*Without a node:\n {2}check/u);
    }
    for (const words of ["count --help", "help count"]) {
      const { code, stdout } = await scene.type(words);
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: toy count \[options\] <to>\n\nCounts\.\n/u);
      assert.match(stdout, /--by <n>\s+the step; 1 by default/u);
      assert.match(stdout, /--json[^]*--node <name>/u);
    }
  });
});

suite("status and config", () => {
  test("show what there is to know, for people", async () => {
    await using scene = await openControlScene({ commands });
    const { stdout } = await scene.type("status");
    assert.match(
      stdout,
      /^node: toy\nversion: 1\.2\.3\npid: \d+\nuptime: .*\n\ntoy:\n {2}games: 3\n {2}held: 2\.0 KiB\n {2}open: 1 min 1 s\n$/u,
    );
    const config = await scene.type("config");
    assert.match(config.stdout, /^toy\.table +"a" +provider test$|^toy\.table +"a" +default$/mu);
    assert.match(config.stdout, /^toy\.password +\*{8} +default$/mu);
    assert.match(config.stdout, /^control\.cookie +\*{8} +given$/mu);
    assert.ok(!config.stdout.includes("hunter2") && !config.stdout.includes("cookie of"));
  });

  test("show the same to a program", async () => {
    await using scene = await openControlScene({ commands });
    const status: unknown = JSON.parse((await scene.type("status --json")).stdout);
    assert.partialDeepStrictEqual(status, {
      node: "toy",
      version: "1.2.3",
      pid: process.pid,
      applications: { toy: { games: 3, heldBytes: 2048, openMs: 61_000 } },
    });
    const config: unknown = JSON.parse((await scene.type("config --json")).stdout);
    assert.partialDeepStrictEqual(config, [
      { application: "toy", key: "node", value: "toy", secret: false, origin: "given" },
      { application: "toy", key: "table", value: "a", secret: false, origin: "default" },
      { application: "toy", key: "password", value: "********", secret: true, origin: "default" },
    ]);
  });
});

suite("an operator who leaves", () => {
  const wait: NodeCommand<ToyApi, undefined, string> = {
    name: "wait",
    summary: "Waits",
    where: "node",
    run: async ({ print, signal }) => {
      await print("waiting");
      await once(signal, "abort");
      return undefined;
    },
  };

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    test(`by ${signal} gets ${code}, and nothing on standard error`, async () => {
      await using scene = await openControlScene({ commands: [wait] });
      const host = new FakeHost();
      const typing = scene.type("wait", host);
      while (host.stdout.text === "") await settled();
      host.emit(signal);
      const typed = await typing;
      assert.deepEqual(typed, { code, stdout: "waiting\n", stderr: "" });
      assert.equal(host.listeners, 0);
    });
  }

  test("by closing the pipe, as head does, gets 141", async () => {
    await using scene = await openControlScene({ commands });
    const host = new FakeHost();
    host.stdout.isBroken = true;
    const typed = await scene.type("count 3", host);
    assert.deepEqual(typed, { code: 141, stdout: "", stderr: "" });
  });
});

test("a configuration that cannot be used is why the command cannot run, and nothing was to start", async () => {
  const host = new FakeHost();
  const applications = [
    { application: createControl({ applications: [], naming, version: "1" }), mode: "permanent" },
  ] as const;
  const code = await runCommandLine({
    program: "toy",
    description: "Plays.",
    words: ["status"],
    applications,
    naming,
    configuration: () => ({
      providers: [{ name: "test", load: () => ({ control: { cookie: 5 } }) }],
      configEnv: "test",
      variables: {},
      node: { name: "toy", host: "here" },
    }),
    host,
  });
  assert.equal(code, 78);
  assert.match(host.stderr.text, /^Cannot run "status": control\.cookie: expected text/u);
});

test("a command that is misused beside the operator is named", async () => {
  await using scene = await openControlScene({ commands });
  const typed = await scene.type("check nonsense");
  assert.equal(typed.code, 64);
  assert.equal(typed.stderr, 'Cannot run "check": nonsense is no folder\n');
});

test("a part beside the operator calls the node's part, and takes what it sends", async () => {
  const double: NodeCommand<ToyApi, string, number> = {
    name: "double",
    summary: "Doubles what is on standard input",
    where: "node",
    run: async ({ input, send, print, parameters }) => {
      await print(1);
      for await (const bytes of input) await send(Buffer.concat([bytes, bytes]));
      return `with ${JSON.stringify(parameters)}`;
    },
    beside: async ({ call, streams }) => {
      const items: unknown[] = [];
      const result = await call({
        parameters: { a: 1 },
        input: streams.input,
        onItem: (item) => void items.push(item),
        onBytes: (bytes) => streams.write(bytes),
      });
      return `${String(result)}, items ${items.length}`;
    },
    format: (result) => result,
  };
  await using scene = await openControlScene({ commands: [double] });
  const host = new FakeHost();
  host.stdin = bytesOf("ab", "cd");
  const typed = await scene.type("double", host);
  assert.deepEqual(typed, { code: 0, stdout: 'ababcdcdwith {"a":1}, items 1\n', stderr: "" });
});

async function* bytesOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}
