import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { openRedisClusterStore } from "@kv/storage/redis-cluster";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { startCluster } from "../../tools/replicated/start-cluster.ts";
import { allGoOn } from "./all-go-on.ts";
import { auditText } from "./audit-ledgers.ts";
import { CompetingWriters } from "./competing-writers.ts";

suite("two stores on one cluster", { skip: withoutServer }, () => {
  test("lose and revert nothing of what either acknowledged, when primaries are killed and stand still", async (t) => {
    await using servers = await startCluster({ primaries: 3, replicas: 2 });
    await using one = await openRedisClusterStore({ nodes: servers.addresses });
    await using two = await openRedisClusterStore({ nodes: servers.addresses });
    const writers = new CompetingWriters([one, two]);
    await writers.start();
    await allGoOn(writers);
    const [first, second] = [servers.server(0), servers.server(1)];
    await first.signal("SIGKILL");
    await allGoOn(writers);
    await first.start();
    await servers.untilHealthy();
    await second.signal("SIGSTOP");
    await allGoOn(writers);
    await second.signal("SIGCONT");
    await servers.untilHealthy();
    await allGoOn(writers);
    const audit = await writers.audit();
    t.diagnostic(auditText(audit));
    assert.deepEqual(audit.flaws, []);
  });
});
