import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { withoutServer } from "../../../tools/replicated/server-program.ts";
import { reasonAgainstHosts } from "../../hosts/host-network.ts";
import { auditText } from "../audit-ledgers.ts";
import { hostFaults, tortureHosts } from "./host-faults.ts";

const skip = withoutServer === false ? reasonAgainstHosts() : withoutServer;

suite("a cluster on five hosts", { skip }, () => {
  test("loses nothing when a primary and one of its replicas are cut off together, with somebody who writes; one who asked for one copy does", async (t) => {
    const { live, weak } = await tortureHosts("five-host-partition");
    t.diagnostic(`live: ${auditText(live)}`);
    assert.deepEqual(live.flaws, []);
    assert.ok(weak);
    t.diagnostic(`${hostFaults["five-host-partition"].weak}: ${auditText(weak)}`);
    assert.ok(weak.lost > 0, "the audit finds what was lost");
  });
});
