import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openToyRelease, type ToyRelease } from "../../testing/toy-release.ts";
import { checkNodeFlags } from "./check-node-flags.ts";

let toy: ToyRelease;
before(async () => {
  toy = await openToyRelease();
});
after(async () => await toy[Symbol.asyncDispose]());

const check = async (text: string, from = toy): Promise<void> =>
  await checkNodeFlags(from.release, { file: "rel/vm.args", text }, from.assembly);

describe("checkNodeFlags()", () => {
  test("takes flags of Node and of V8, with values of either form", async () => {
    await check("");
    await check("# nothing\n");
    await check(
      "--max-old-space-size=512 --stack-size=900\n--require ./not-there.cjs\n--title=toy --trace-warnings\n--no-deprecation --harmony --dns-result-order=ipv4first",
    );
  });

  for (const [text, problem] of [
    [
      "# about\n--max-old-space-size=512\n\n--trace-warnings --bogus",
      "rel/vm.args:4: Node has no flag --bogus; node --help and node --v8-options list those there are",
    ],
    [
      "--max-old-space-size=much",
      /^rel\/vm\.args:1: Node refuses --max-old-space-size=much: illegal value/u,
    ],
    ["--trace-gc=3", /^rel\/vm\.args:1: Node refuses --trace-gc=3: illegal value/u],
    [
      "--trace-warnings\n--require",
      /^rel\/vm\.args:2: Node refuses --require: .*requires an argument$/u,
    ],
    ["--stack-size=900\n--x y\nmain.mjs", /^rel\/vm\.args:2: Node has no flag --x;/u],
    [
      "--stack-size=900\nmain.mjs",
      "rel/vm.args:1: --stack-size=900 main.mjs is no flag of Node; write --flag=value",
    ],
    ["main.mjs", "rel/vm.args:1: main.mjs is no flag of Node; write --flag=value"],
    [
      "--a\n--b",
      /^rel\/vm\.args:1: Node has no flag --a;.*\nrel\/vm\.args:2: Node has no flag --b;/u,
    ],
    [
      "--use-openssl-ca\n--use-bundled-ca",
      /^rel\/vm\.args:1: together, Node refuses the flags: either --use-openssl-ca or --use-bundled-ca can be used/u,
    ],
    ["--eval=1", "rel/vm.args:1: with --eval Node does not run the release"],
    ["\n-p 1 --\n", /^rel\/vm\.args:2: with -p .*\nrel\/vm\.args:2: with -- Node/u],
    ['--title="x', "rel/vm.args:1: a quotation mark is missing"],
  ] as const) {
    test(`refuses ${JSON.stringify(text)}`, async () => {
      const message = typeof problem === "string" ? { message: problem } : problem;
      const expected = message instanceof RegExp ? { message } : message;
      await assert.rejects(check(text), { code: "RELEASE_REFUSED", ...expected });
    });
  }

  test("refuses for Windows what cmd.exe would give a meaning", async () => {
    await check("--title=a&b");
    await using both = await openToyRelease('{ executables: ["unix", "windows"] }');
    await assert.rejects(check("--title=a&b", both), {
      message:
        "rel/vm.args:1: --title=a&b has one of & | < > ^ ! %, which cannot be there on Windows",
    });
  });
});
