import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { makeTemporaryDirectory } from "../../test/harness/temporary-directory.ts";
import { killChild } from "../processes/workplace.ts";
import { findFreePort } from "./free-port.ts";
import { type RedisOptions, RedisProcess } from "./redis-process.ts";
import { findRedis } from "./redis-programs.ts";

const programs = findRedis();
const skip = programs === undefined ? "redis-server is not installed" : false;

interface Started extends AsyncDisposable {
  readonly server: RedisProcess;
}

async function start(options: Partial<RedisOptions>): Promise<Started> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await makeTemporaryDirectory());
  const server = new RedisProcess({
    program: programs?.server ?? "",
    directory: join(path, "redis"),
    port: await findFreePort(),
    sync: "never",
    login: undefined,
    ...options,
  });
  stack.defer(() => killChild(server.child));
  const closing = stack.move();
  return { server, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

suite("RedisProcess", { skip }, () => {
  for (const [sync, appendfsync] of [
    ["never", "no"],
    ["everysec", "everysec"],
    ["always", "always"],
  ] as const) {
    test(`keeps an append-only file and no snapshots, sync ${sync}`, async () => {
      await using started = await start({ sync });
      using client = await started.server.connect();
      const told = async (name: string): Promise<unknown> =>
        await client.ask("CONFIG", "GET", name);
      assert.deepEqual(await told("appendonly"), ["appendonly", "yes"]);
      assert.deepEqual(await told("appendfsync"), ["appendfsync", appendfsync]);
      assert.deepEqual(await told("save"), ["save", ""]);
      assert.deepEqual(await told("auto-aof-rewrite-percentage"), [
        "auto-aof-rewrite-percentage",
        "100",
      ]);
      assert.deepEqual(await told("bind"), ["bind", "127.0.0.1"]);
    });
  }

  test("lets in who logs in, and nobody else", async () => {
    const login = { name: "default", password: "secret" };
    await using started = await start({ login });
    using client = await started.server.connect();
    assert.equal(await client.ask("HSET", "b", "k", "v"), 1);
    await client.ask("RESET");
    await assert.rejects(client.ask("HGET", "b", "k"), /NOAUTH/u);
  });

  test("shows its log when it ends", async () => {
    await using first = await start({});
    using client = await first.server.connect();
    assert.equal(await client.ask("PING"), "PONG");
    await using second = await start({ port: first.server.port });
    const traffic = new Promise(() => {});
    await assert.rejects(
      second.server.whileRunning(traffic),
      /has ended[^]*Address already in use/u,
    );
  });
});
