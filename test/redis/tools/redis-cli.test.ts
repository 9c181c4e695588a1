import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { isReplicated } from "../../harness/tier.ts";
import { type OurServer, startOurServer } from "../servers/our-server.ts";
import { encodeRequest, RespClient } from "../wire/resp-client.ts";
import { redisCli, withoutRedisCli } from "./redis-cli.ts";
import type { RunOptions } from "./run-program.ts";

suite("redis-cli", { skip: withoutRedisCli }, () => {
  let ours: OurServer;

  before(async () => {
    ours = await startOurServer();
    await using client = await RespClient.connect(ours.port);
    await client.ask("HSET", "shopping", "milk", "1", "eggs", "3");
    await client.ask("HSET", "garden", "rose", "red");
  });
  after(async () => {
    await ours[Symbol.asyncDispose]();
  });

  /** What redis-cli printed, when it ended well and complained of nothing. */
  async function printed(words: readonly string[], options?: RunOptions): Promise<string> {
    const { stdout, stderr, code } = await redisCli(ours.port, words, options);
    assert.deepEqual({ stderr, code }, { stderr: "", code: 0 });
    return stdout;
  }

  test("one command", async () => {
    assert.equal(await printed(["HGET", "shopping", "milk"]), "1\n");
    assert.equal(await printed(["--no-raw", "HLEN", "shopping"]), "(integer) 2\n");
    assert.equal(await printed(["--no-raw", "HGET", "shopping", "beer"]), "(nil)\n");
    assert.equal(await printed(["--no-raw", "HMGET", "shopping", "milk"]), '1) "1"\n');
    assert.equal(await printed(["-n", "0", "PING"]), "PONG\n");
  });

  test("one command in RESP3", async () => {
    assert.equal(await printed(["-3", "--no-raw", "HGETALL", "garden"]), '1# "rose" => "red"\n');
    assert.equal(await printed(["-3", "--json", "HGETALL", "garden"]), '{"rose":"red"}\n');
    assert.equal(await printed(["-3", "--no-raw", "HGET", "garden", "x"]), "(nil)\n");
  });

  test("a value from its standard input, with every byte", async () => {
    const value = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    assert.equal(await printed(["-x", "HSET", "bytes", "all"], { input: value }), "1\n");
    await using client = await RespClient.connect(ours.port);
    assert.deepEqual(await client.ask("HGET", "bytes", "all"), { type: "bulk", bytes: value });
    await client.ask("DEL", "bytes");
  });

  test("commands from its standard input", async () => {
    const input = "HSET list a 1\nHGET list a\nHINCRBY list a 41\nDEL list\n";
    assert.equal(await printed([], { input }), "1\n1\n42\n1\n");
  });

  test("one command again and again", async () => {
    const words = ["-r", "3", "-i", "0", "HINCRBY", "counted", "n", "1"];
    assert.equal(await printed(words), "1\n2\n3\n");
    await printed(["DEL", "counted"]);
  });

  test("an error is an error", async () => {
    const { stdout, stderr, code } = await redisCli(ours.port, ["-e", "HGET", "shopping"]);
    const error = "ERR wrong number of arguments for 'hget' command\n";
    assert.deepEqual({ text: stdout + stderr, code }, { text: error, code: 1 });
  });

  test("--scan", async () => {
    assert.deepEqual(names(await printed(["--scan"])), ["garden", "shopping"]);
    assert.deepEqual(names(await printed(["--scan", "--pattern", "s*"])), ["shopping"]);
    assert.equal(await printed(["--scan", "--pattern", "x*"]), "");
  });

  test("--bigkeys", async () => {
    const text = await printed(["--bigkeys"]);
    assert.match(text, /Sampled 2 keys in the keyspace!/u);
    assert.match(text, /Biggest +hash found '"shopping"' has 2 fields/u);
    assert.match(text, /2 hashs with 3 fields \(100\.00% of keys, avg size 1\.50\)/u);
  });

  test("--pipe: ten thousand requests, to its mark at the end", async () => {
    const count = 10_000;
    const input = Buffer.concat(
      Array.from({ length: count }, (_, n) => encodeRequest(["HSET", "mass", `k${n}`, `v${n}`])),
    );
    const text = await printed(["--pipe"], { input });
    assert.match(text, /errors: 0, replies: 10000$/mu);
    assert.equal(await printed(["HLEN", "mass"]), "10000\n");
    assert.equal(await printed(["HGET", "mass", "k9999"]), "v9999\n");
    await printed(["DEL", "mass"]);
  });

  test("--pipe: inline commands among arrays, and errors counted", async () => {
    const input = Buffer.concat([
      Buffer.from("HSET mixed a 1\r\nNOSUCH\r\n"),
      encodeRequest(["HSET", "mixed", "b", "\r\n"]),
      Buffer.from("DEL mixed\r\n"),
    ]);
    const { stdout, code } = await redisCli(ours.port, ["--pipe"], { input });
    assert.match(stdout, /errors: 1, replies: 4$/mu);
    assert.equal(code, 1);
  });

  test("--stat prints a line about the server", async () => {
    // What is no terminal gets its lines by the block; a hundredth of a second makes that soon.
    const line =
      /^(?<keys>\d+) +\d+(?:\.\d+)?[BKMG] +(?<clients>\d+) +0 +(?<requests>\d+) \(\+\d+\) +\d+ *$/mu;
    const isEnough = (stdout: string): boolean => line.test(stdout);
    const { stdout } = await redisCli(ours.port, ["--stat", "-i", "0.01"], { isEnough });
    assert.match(stdout, /^keys +mem +clients +blocked +requests +connections/mu);
    const { keys, clients, requests } = line.exec(stdout)?.groups ?? {};
    // Of a cluster nobody counts the buckets so often.
    assert.equal(keys, isReplicated ? "0" : "2");
    assert.ok(Number(clients) >= 1, stdout);
    assert.ok(Number(requests) >= 1, stdout);
  });
});

/** The lines of a listing, sorted. */
function names(text: string): readonly string[] {
  return text.trimEnd().split("\n").toSorted();
}
