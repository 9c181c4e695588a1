import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readRefusal } from "./refusal.ts";

suite("readRefusal()", () => {
  test("reads redirects, also to the host that was asked", () => {
    assert.deepEqual(readRefusal("MOVED 3999 127.0.0.1:6381", "10.0.0.1"), {
      type: "moved",
      address: "127.0.0.1:6381",
    });
    assert.deepEqual(readRefusal("ASK 3999 :6381", "10.0.0.1"), {
      type: "ask",
      address: "10.0.0.1:6381",
    });
  });

  const types: readonly (readonly [text: string, type: string])[] = [
    ["CLUSTERDOWN The cluster is down", "later"],
    ["CLUSTERDOWN Hash slot not served", "later"],
    ["TRYAGAIN Multiple keys request during rehashing of slot", "later"],
    ["LOADING Redis is loading the dataset in memory", "later"],
    ["READONLY You can't write against a read only replica.", "later"],
    ["OOM command not allowed when used memory > 'maxmemory'.", "never"],
    ["NOPERM this user has no permissions to run the 'evalsha' command", "never"],
    ["NOSCRIPT No matching script. Please use EVAL.", "no-script"],
    ["ERR user_script:1: something", "other"],
    ["WRONGTYPE Operation against a key holding the wrong kind of value", "other"],
  ];
  for (const [text, type] of types) {
    test(`takes ${text.split(" ", 1)[0]} for "${type}"`, () => {
      assert.equal(readRefusal(text, "h").type, type);
    });
  }
});
