import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, suite, test } from "node:test";
import { StorageError } from "@kv/storage";
import {
  type ChangeLock,
  type Cluster,
  type HeldLock,
  openSingleServer,
  type SingleServer,
} from "@kv/storage/redis-cluster";
import { takeChangeLock } from "../../libs/storage/src/redis-cluster/change-lock/change-lock.ts";
import { LOCK_KEY } from "../../libs/storage/src/redis-cluster/change-lock/lock-scripts.ts";
import { within } from "../harness/deadline.ts";
import {
  type RedisServer,
  startRedisServer,
  withoutRedisServer,
} from "../redis/servers/redis-server.ts";

const SHORT_MS = 300;

suite("the lock for changes of a cluster", { skip: withoutRedisServer }, () => {
  let server: RedisServer;
  let cluster: SingleServer;
  before(async () => {
    server = await startRedisServer();
    cluster = await openSingleServer(server.port);
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test("is one holder's at a time, who is named, and the next one's when it is given back", async () => {
    const first = locked(await takeChangeLock(cluster, { holder: "ann" }));
    const held = await takeChangeLock(cluster, { holder: "bob" });
    assert.ok("holder" in held && held.holder === "ann");
    assert.ok(held.leftMs > 20_000 && held.leftMs <= 30_000, `${held.leftMs}`);
    await first[Symbol.asyncDispose]();
    await using _ = locked(await takeChangeLock(cluster, { holder: "bob" }));
    assert.equal(first.lost.aborted, false);
  });

  test("is kept for much longer than it lapses in, as it is renewed", async () => {
    const { taken, watched } = counting(cluster);
    await using lock = locked(
      await takeChangeLock(watched, { holder: "ann", lapseMs: 4 * SHORT_MS }),
    );
    await within(taken(8), "more renewals than it can go without");
    const held = await takeChangeLock(cluster, { holder: "bob" });
    assert.ok("holder" in held && held.holder === "ann");
    assert.equal(lock.lost.aborted, false);
  });

  test("lapses when its holder reaches the cluster no more, who has known that by then", async () => {
    let isCutOff = false;
    const write: Cluster["write"] = async (...words) => {
      if (isCutOff) throw new StorageError("STORAGE_UNAVAILABLE", { reason: "cut off" });
      return await cluster.write(...words);
    };
    const cut = { ...cluster, write };
    const lock = locked(await takeChangeLock(cut, { holder: "ann", lapseMs: SHORT_MS }));
    isCutOff = true;
    const lost = once(lock.lost, "abort");
    let next: ChangeLock | HeldLock;
    do next = await takeChangeLock(cluster, { holder: "bob" });
    while ("holder" in next);
    await within(lost, "the holder to know");
    assert.match(String(lock.lost.reason), /could not be renewed for 300 ms/u);
    await lock[Symbol.asyncDispose]();
    // What the former holder gives back is not what the next one has.
    assert.ok("holder" in (await takeChangeLock(cluster, { holder: "cid" })));
    await next[Symbol.asyncDispose]();
  });

  test("is lost, and said to be, when somebody else has it after a fail-over", async () => {
    const lock = locked(await takeChangeLock(cluster, { holder: "ann", lapseMs: SHORT_MS }));
    const lost = once(lock.lost, "abort");
    await cluster.send(["DEL", LOCK_KEY]);
    const next = await takeChangeLock(cluster, { holder: "bob" });
    if ("holder" in next) return assert.equal(next.holder, "ann", "it was taken again first");
    await within(lost, "the holder to know");
    assert.match(String(lock.lost.reason), /^bob has taken it$/u);
    await next[Symbol.asyncDispose]();
  });
});

function locked(lock: ChangeLock | HeldLock): ChangeLock {
  assert.ok("lost" in lock);
  return lock;
}

/** The cluster, and who waits until so many writes more have gone to it. */
function counting(cluster: Cluster): {
  readonly watched: Cluster;
  readonly taken: (count: number) => Promise<void>;
} {
  let writes = 0;
  let whenWritten: (() => void) | undefined;
  const write: Cluster["write"] = async (...words) => {
    const written = await cluster.write(...words);
    writes += 1;
    whenWritten?.();
    return written;
  };
  const taken = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const goal = writes + count;
      whenWritten = () => {
        if (writes >= goal) resolve();
      };
    });
  return { watched: { ...cluster, write }, taken };
}
