import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { findProgram } from "../../harness/find-program.ts";
import { type OurServer, startOurServer } from "../servers/our-server.ts";
import { RespClient } from "../wire/resp-client.ts";
import { type Ran, runProgram } from "./run-program.ts";

const program = findProgram("redis-benchmark");
const skip =
  program === undefined
    ? "there is no redis-benchmark here (Debian: apt-get install redis-tools)"
    : false;

/** A busy machine, with a disk that syncs each group. */
const LIMIT_MS = 60_000;

suite("redis-benchmark", { skip }, () => {
  let ours: OurServer;

  before(async () => {
    ours = await startOurServer();
  });
  after(async () => {
    await ours[Symbol.asyncDispose]();
  });

  function benchmark(...words: readonly string[]): Promise<Ran> {
    const all = ["-p", String(ours.port), ...words];
    return runProgram(program ?? "redis-benchmark", all, { limitMs: LIMIT_MS });
  }

  /** The tests it measured, each faster than nothing. */
  async function measured(...words: readonly string[]): Promise<readonly string[]> {
    const { stdout, stderr, code } = await benchmark("--csv", ...words);
    assert.deepEqual({ stderr, code }, { stderr: "", code: 0 });
    const [header, ...rows] = stdout.trimEnd().split("\n");
    assert.match(header ?? "", /^"test","rps",/u);
    return rows.map((row) => {
      const { name, rate } = /^"(?<name>.*?)","(?<rate>[\d.]+)"/u.exec(row)?.groups ?? {};
      assert.ok(Number(rate) > 0, row);
      return name ?? row;
    });
  }

  test("every test of its own that needs no other type than hashes, at its full length", async () => {
    const names = await measured("-t", "ping_inline,ping_mbulk,hset");
    assert.deepEqual(names, ["PING_INLINE", "PING_MBULK", "HSET"]);
  });

  test("pipelined, with random keys, in RESP3", async () => {
    const words = ["-3", "-P", "16", "-n", "20000", "-r", "1000"];
    assert.deepEqual(await measured(...words, "-t", "hset"), ["HSET"]);
    await using client = await RespClient.connect(ours.port);
    const reply = await client.ask("HLEN", "myhash");
    assert.ok(reply.type === "integer" && Number(reply.text) > 900, JSON.stringify(reply));
  });

  test("commands of one's own", async () => {
    await using client = await RespClient.connect(ours.port);
    await measured("-n", "5000", "-P", "16", "-r", "100", "HSET", "own", "__rand_int__", "v");
    await measured("-n", "5000", "-P", "16", "-r", "100", "HGET", "own", "__rand_int__");
    await measured("-n", "1000", "-c", "5", "HGETALL", "own");
    await measured("-n", "1000", "-d", "100", "-P", "50", "HINCRBY", "own", "n", "1");
    assert.equal(await client.show("HGET", "own", "n"), '"1000"');
  });

  test("without -q or --csv it ends well too", async () => {
    const { stdout, code } = await benchmark("-n", "500", "-t", "hset");
    assert.equal(code, 0);
    assert.match(stdout, /500 requests completed in/u);
    assert.match(stdout, /throughput summary: [\d.]+ requests per second/u);
    const quiet = await benchmark("-n", "500", "-q", "-k", "0", "PING");
    assert.match(quiet.stdout, /PING: [\d.]+ requests per second/u);
    assert.equal(quiet.code, 0);
  });

  test("its default list ends by itself at SET, with Redis' error for a command that is not there", async () => {
    const { stdout, stderr, code } = await benchmark("-n", "500", "-q");
    assert.match(stdout, /PING_INLINE: [\d.]+ requests/u);
    assert.match(stdout, /PING_MBULK: [\d.]+ requests/u);
    assert.match(
      stderr,
      /^Error from server: ERR unknown command 'SET', with args beginning with: /mu,
    );
    assert.equal(code, 1);
    await using client = await RespClient.connect(ours.port);
    assert.equal(await client.show("PING"), "+PONG");
  });
});
