import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseToolCsv, TOOL, toolWords } from "./redis-benchmark.ts";

const HEAD =
  '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"';

suite("parseToolCsv()", () => {
  test("finds each figure by its name, behind a command of any words", () => {
    const row =
      '"HSET a, ""b"" 12 key:__rand_int__","380952.38","1.6","0.4","1.5","3.9","4.5","4.7"';
    assert.deepEqual(parseToolCsv(`${HEAD}\r\n${row.replace('""b""', "b")}\n`), {
      perSecond: 380_952.38,
      latencyUs: { p50: 1_500, p99: 4_500, max: 4_700 },
    });
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["names alone", HEAD],
    ["a figure that is none", `${HEAD}\n"HGET","nan","1","1","1","1","1","1"`],
    ["other names", '"test","requests"\n"HGET","12"'],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.throws(() => parseToolCsv(text), /redis-benchmark has printed no "rps"/u);
    });
  }
});

suite("toolWords()", () => {
  const limits = { operations: 5_000, keys: 70 };

  test("asks for random keys of its bucket", () => {
    const traffic = { operation: "get", connections: 50, pipeline: 16 } as const;
    assert.deepEqual(
      toolWords({ port: 7_000 }, traffic, limits).join(" "),
      "-h 127.0.0.1 -p 7000 -c 50 -P 16 -n 5000 -r 70 --csv HGET redis-benchmark key:__rand_int__",
    );
  });

  test("logs in, and puts a value of the mean length", () => {
    const traffic = { operation: "put", connections: 1, pipeline: 1 } as const;
    const login = { name: "default", password: "secret" };
    const words = toolWords({ port: 7_000, login }, traffic, limits);
    assert.deepEqual(words.slice(4, 8), ["--user", "default", "-a", "secret"]);
    assert.deepEqual(words.slice(-4, -1), ["HSET", "redis-benchmark", "key:__rand_int__"]);
    assert.equal(words.at(-1)?.length, 72);
  });
});

suite("TOOL", () => {
  test("knows the keys that redis-benchmark makes: twelve digits", () => {
    assert.equal(TOOL.keyOf(1_234), "key:000000001234");
  });
});
