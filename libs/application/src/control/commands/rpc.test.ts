import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type ControlScene, openControlScene } from "../../../testing/control-scene.ts";
import { FakeHost } from "../../../testing/fake-host.ts";

let scene: ControlScene;

before(async () => {
  scene = await openControlScene({
    shell: (api) => ({ toy: { value: api, doc: "The toy.\nIts name is toy.name." } }),
  });
});
after(() => scene[Symbol.asyncDispose]());

function hostWith(...input: readonly string[]): FakeHost {
  const host = new FakeHost();
  host.stdin = (async function* () {
    for (const text of input) yield Buffer.from(text);
  })();
  return host;
}

suite("rpc", () => {
  test("prints what the expression prints, where it prints it, and its value when it is asked to", async () => {
    assert.deepEqual(await scene.type(["rpc", "console.log(1, toy.name); console.error('e'); 7"]), {
      code: 0,
      stdout: "1 toy\n",
      stderr: "e\n",
    });
    assert.deepEqual(await scene.type(["rpc", "--print", "await Promise.resolve({ a: [1] })"]), {
      code: 0,
      stdout: "{ a: [ 1 ] }\n",
      stderr: "",
    });
  });

  test("hands arguments and standard input over as data", async () => {
    const typed = await scene.type(
      ["rpc", "console.log(args, await stdin.text())", "a b", "1); process.exit("],
      hostWith("from ", "outside"),
    );
    assert.equal(typed.stdout, "[ 'a b', '1); process.exit(' ] from outside\n");
    assert.deepEqual(await scene.type(["rpc", "console.log(args)"]), {
      code: 0,
      stdout: "[]\n",
      stderr: "",
    });
  });

  test("takes whatever is behind the expression for data, also what looks like an option", async () => {
    const data = ["--print", "--timeout", "-x", "--", "--json", "--node"];
    const typed = await scene.type(["rpc", "--timeout", "5000", "console.log(...args)", ...data]);
    assert.deepEqual(typed, { code: 0, stdout: `${data.join(" ")}\n`, stderr: "" });
    const marked = await scene.type(["rpc", "--print", "--", "-1", "--print"]);
    assert.equal(marked.stdout, "-1\n");
  });

  test("tells what was thrown, with the lines of the expression only, and exit code 1", async () => {
    const typed = await scene.type(["rpc", "function f() { throw new RangeError('no') }\nf()"]);
    assert.deepEqual(typed, {
      code: 1,
      stdout: "",
      stderr: "Uncaught RangeError: no\n    at f (<anonymous>:1:22)\n    at <anonymous>:2:1\n",
    });
    const syntax = await scene.type(["rpc", "1 +"]);
    assert.deepEqual(
      [syntax.code, syntax.stderr],
      [1, "Uncaught SyntaxError: Unexpected end of input\n"],
    );
    const value = await scene.type(["rpc", "throw { why: 1 }"]);
    assert.equal(value.stderr, "Uncaught { why: 1 }\n");
  });

  test("stops one that is not done in time, and the node goes on", async () => {
    const line =
      "The expression was not done in 40 ms, and was stopped; the node goes on (--timeout allows it more)\n";
    for (const code of ["while (true) {}", "await new Promise(() => {})"]) {
      const typed = await scene.type(["rpc", "--timeout", "40", code]);
      assert.deepEqual(typed, { code: 1, stdout: "", stderr: line }, code);
    }
    assert.equal((await scene.type(["rpc", "--print", "1"])).stdout, "1\n");
    const wrong = await scene.type(["rpc", "--timeout", "0", "1"]);
    assert.equal(wrong.code, 64);
  });

  test("has the node, its environment and its applications in reach, and says so by help()", async () => {
    const asked = async (code: string): Promise<string> =>
      (await scene.type(["rpc", "--print", code])).stdout;
    assert.equal(await asked("[node.name, node.version]"), "[ 'toy', '1.2.3' ]\n");
    assert.equal(await asked("app('toy') === toy"), "true\n");
    assert.equal(await asked("env.put('toy', 'table', 'b'); env.get('toy', 'table')"), "'b'\n");
    assert.equal(await asked("(await load('node:path')).basename('/a/b')"), "'b'\n");
    assert.equal(await asked("status().toy.games"), "3\n");
    const help = (await scene.type(["rpc", "help()"])).stdout;
    for (const name of ["node", "app", "env", "load", "toy", "args", "stdin", "help"]) {
      assert.match(help, new RegExp(`^${name} +\\S`, "mu"));
    }
    assert.equal(
      (await scene.type(["rpc", "help('toy'); help('joy')"])).stdout
        .split("\n")
        .slice(0, 2)
        .join("\n"),
      "toy: The toy.\nIts name is toy.name.",
    );
    const missing = await scene.type(["rpc", "app('boy')"]);
    assert.match(missing.stderr, /^Uncaught Error: there is no application boy; there are /u);
  });
});

function typeLines(...lines: readonly string[]): ReturnType<ControlScene["type"]> {
  return scene.type("remote", hostWith(`${lines.join("\n")}\n`));
}

suite("remote without a terminal", () => {
  test("runs the lines on the node, those that belong together as one, and prints each value", async () => {
    const typed = await typeLines(
      "const x = 2",
      "function f() {",
      "  return x * 3;",
      "}",
      "",
      "f()",
      "toy",
    );
    assert.deepEqual(typed, {
      code: 0,
      stdout: "undefined\nundefined\n6\n{ name: 'toy' }\n",
      stderr: "",
    });
  });

  test("ends with the first that fails", async () => {
    const typed = await typeLines("console.log('a')", "boom()", "console.log('never')");
    assert.deepEqual(typed, {
      code: 1,
      stdout: "a\nundefined\n",
      stderr: "Uncaught ReferenceError: boom is not defined\n    at <anonymous>:1:1\n",
    });
    const cut = await typeLines("1 +");
    assert.deepEqual(
      [cut.code, cut.stderr],
      [1, "Uncaught SyntaxError: Unexpected end of input\n"],
    );
  });

  test("says in a line what it says of every command where no node is", async () => {
    const typed = await scene.type("remote --node nobody");
    assert.equal(typed.code, 1);
    assert.match(typed.stderr, /^Cannot reach node "nobody": /u);
  });
});
