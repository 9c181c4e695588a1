import assert from "node:assert/strict";
import { after, before, suite, test, type TestContext } from "node:test";
import {
  type OpenCluster,
  openCluster,
} from "../../libs/storage/src/redis-cluster/cluster/open-cluster.ts";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";
import { within } from "../harness/deadline.ts";
import { rebalance } from "./rebalance.ts";
import { type Affected, AuditedWriters, auditText } from "./audited-writers.ts";

/** Before and after a fault there is this much of undisturbed writing. */
const UNDISTURBED = 2000;
const RECOVERY_MS = 60_000;

suite("a cluster under writers", { skip: withoutServer }, () => {
  let servers: LocalCluster;
  let cluster: OpenCluster;
  before(async () => {
    servers = await startCluster({ primaries: 3, replicas: 2 });
    cluster = await openCluster({ nodes: servers.addresses.slice(0, 3) });
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await servers[Symbol.asyncDispose]();
  });

  /** The primary with the first slot, and the slots it has. */
  async function firstPrimary(): Promise<{ readonly address: string; readonly slots: Affected }> {
    const { owners } = await cluster.slots();
    const { primaries } = await cluster.status();
    const [id] = owners;
    const primary = primaries.find((known) => known.id === id);
    if (primary === undefined) throw new Error("nobody has the first slot");
    return { address: primary.address, slots: { first: 0, last: owners.lastIndexOf(id) } };
  }

  /** Writes before, during and after `fault`, and audits what is there then. */
  async function endure(
    t: TestContext,
    slots: Affected,
    fault: () => Promise<void>,
  ): Promise<ReturnType<AuditedWriters["audit"]>> {
    const writers = new AuditedWriters(cluster);
    await writers.more(UNDISTURBED);
    await fault();
    await within(writers.all(), `writes everywhere after: ${t.name}`, RECOVERY_MS);
    await writers.more(UNDISTURBED);
    const audit = await writers.audit(slots);
    t.diagnostic(auditText(t.name, audit));
    assert.deepEqual(audit.lost, []);
    assert.equal(audit.staleReads, 0);
    assert.equal(audit.refused.get("STORAGE_UNAVAILABLE"), undefined);
    return audit;
  }

  test("loses nothing when a primary is killed; who waits is served by the next one", async (t) => {
    const { address, slots } = await firstPrimary();
    await endure(t, slots, async () => {
      await servers.at(address).signal("SIGKILL");
    });
    await servers.at(address).start();
    await servers.untilHealthy();
  });

  test("loses nothing when a primary stands still and comes back", async (t) => {
    const { address, slots } = await firstPrimary();
    await endure(t, slots, async () => {
      await servers.at(address).signal("SIGSTOP");
    });
    await servers.at(address).signal("SIGCONT");
    await servers.untilHealthy();
  });

  test("goes on without a replica that stands still once it is flagged", async (t) => {
    const { slots } = await firstPrimary();
    const { primaries } = await cluster.status();
    const { owners } = await cluster.slots();
    const replica = primaries.find(({ id }) => id === owners[0])?.replicas[0]?.address ?? "";
    const audit = await endure(t, slots, async () => {
      await servers.at(replica).signal("SIGSTOP");
    });
    assert.equal(audit.refused.size, 0);
    await servers.at(replica).signal("SIGCONT");
    await servers.untilHealthy();
  });

  test("loses nothing in a planned fail-over", async (t) => {
    const { slots } = await firstPrimary();
    const { primaries } = await cluster.status();
    const { owners } = await cluster.slots();
    const replica = primaries.find(({ id }) => id === owners[0])?.replicas[0]?.address ?? "";
    // A write that its primary had when it was demoted cannot be proven any more, though it is there.
    await endure(t, slots, async () => {
      await servers.at(replica).ask(["CLUSTER", "FAILOVER"]);
    });
    await servers.untilHealthy();
  });

  test("loses nothing and refuses nothing while slots move to a primary that was added", async (t) => {
    const { slots } = await firstPrimary();
    const audit = await endure(t, slots, async () => {
      const added = await servers.add();
      await servers.add(added);
      await rebalance(added.address);
      assert.equal((await cluster.primaries()).length, 4);
    });
    assert.equal(audit.refused.size, 0);
    await servers.untilHealthy();
  });
});
