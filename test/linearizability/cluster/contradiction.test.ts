import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseHistory } from "../parse-history.ts";
import { contradictionIn } from "./contradiction.ts";

const target = { bucket: "apples", key: "k" };

suite("contradictionIn()", () => {
  test("is silent about a history that is good", () => {
    assert.equal(
      contradictionIn(target, parseHistory("a 0-1 put x: ok\nb 2-3 get: x"), []),
      undefined,
    );
  });

  test("shows what cannot have been, in the order of time, and what was done to the nodes until then", () => {
    const history = parseHistory(`
      b 1000-1001 put w: ok # bar, line
      a 2000-2001 put x: ok # foo, RESP
      b 2002-2003 get: x # bar, line
      b 2006-2007 get: w # bar, line
      a 2008-2009 put y: ok # foo, RESP`);
    const deeds = [
      { at: 2004, text: "kill -9 bar" },
      { at: 2010, text: "start bar" },
    ];
    const lines = contradictionIn(target, history, deeds)?.split("\n");
    assert.deepEqual(lines, [
      "Bucket apples, key k: these cannot all have been, whatever 2 others did:",
      "b 0.00-1.00 put w: ok # bar, line",
      "a 1000.00-1001.00 put x: ok # foo, RESP",
      "b 1006.00-1007.00 get: w # bar, line",
      "# What was done to the nodes until then:",
      "# 1004.00 kill -9 bar",
    ]);
    assert.equal(parseHistory(lines?.slice(1).join("\n") ?? "").length, 3);
  });
});
