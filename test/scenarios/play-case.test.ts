import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { FakeNode } from "../harness/fake-node.ts";
import { parseScenario } from "./parse-scenario.ts";
import { playCase, ScenarioFailure, type Stage } from "./play-case.ts";

/** Plays the one case of a scenario's text against a fake node. */
async function play(...lines: readonly string[]): Promise<void> {
  await using fake = await new FakeNode().start();
  const restart = async (): Promise<void> => {
    await fake.kill();
    await fake.start();
  };
  const stage: Stage = {
    get port() {
      return fake.port;
    },
    restart,
    kill: restart,
  };
  const { cases } = parseScenario("some.txt", ["== a case", ...lines].join("\n"));
  for (const scene of cases) await playCase(stage, "some.txt", scene);
}

const passing: readonly [what: string, lines: readonly string[]][] = [
  ["a right reply", ["> CREATE a", "< OK"]],
  ["a case that says nothing", []],
  [
    "several replies and several connections",
    ["> CREATE a", "x> HELLO", "< OK", "x< UNKNOWN COMMAND"],
  ],
  ["a line in pieces", [">1 CREATE a", "< OK", ">> CREA", ">> TE b\\r\\n", "< OK"]],
  ["a half-close", ["> CREATE a", "* end", "< OK", "* closed"]],
  ["a connection that stays open", ["* connect", "* open", "> CREATE a", "< OK", "* open"]],
  ["a reset", ["> CREATE a", "< OK", "* reset"]],
  [
    "a restart",
    [
      "> CREATE a",
      "< OK",
      "* restart",
      "> PUT a k v",
      "< OK",
      "* kill",
      "> GET a k",
      "< v",
      "< OK",
    ],
  ],
];

const failing: readonly [what: string, lines: readonly string[], message: RegExp][] = [
  ["a wrong reply", ["> CREATE a", "< NO"], /^some\.txt:3\n.*CREATE a.*\n.*NO\\r\\n\n.*OK\\r\\n$/u],
  ["white space at a reply's end", ["> CREATE a", "< OK\\s"], /some\.txt:3\n/u],
  [
    "a reply nobody named",
    ["> CREATE a", "> CREATE b", "< OK"],
    /some\.txt:4\n.*CREATE b\\r\\n\n.*nothing unread\n.*OK\\r\\n$/u,
  ],
  ["a reply nobody named before a restart", ["> HELLO", "* restart"], /some\.txt:3\n/u],
  ["a reply too many while open", ["> HELLO", "* open"], /some\.txt:3\n.*\n.*\n.*UNKNOWN COMMAND/u],
  [
    "a connection that ends early",
    ["* connect", "* end", "* closed", "< OK"],
    /some\.txt:5\n.*\n.*\n.*the end of the connection/u,
  ],
  [
    "a closed connection that was to be open",
    ["* connect", "* end", "* closed", "* open"],
    /some\.txt:5\n/u,
  ],
];

suite("playCase()", () => {
  for (const [what, lines] of passing) {
    test(`passes ${what}`, () => play(...lines));
  }
  for (const [what, lines, message] of failing) {
    test(`fails on ${what}`, async () => {
      await assert.rejects(play(...lines), (error) => {
        assert.ok(error instanceof ScenarioFailure, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
