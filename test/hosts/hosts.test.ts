import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { chooseSeed } from "../harness/random.ts";
import { auditText, faultText } from "./fault-text.ts";
import { reasonAgainstHosts } from "./host-network.ts";
import { linkSecurities } from "./link-security.ts";
import { playFaults } from "./play-faults.ts";

const tags = ["distributed"];
/** Faults of about two seconds more than it takes to be noticed. */
const LINGERS = 1_500;
const skip = reasonAgainstHosts();

suite("three nodes on hosts of their own, linked by TCP", { tags, skip }, () => {
  const [security = "plain"] = linkSecurities;
  test(`keep every acknowledged write, and serve again, whatever comes between them (${security})`, async (t) => {
    const seed = chooseSeed();
    t.diagnostic(`seed ${seed}: KV_TEST_SEED=${seed} replays it`);
    const report = await playFaults({
      seed,
      security,
      faults: ["blip", "cut", "one-way", "loss", "delay", "isolated"],
      lingers: LINGERS,
      heaviestLossPercent: 15,
      onFault: (fault) => t.diagnostic(faultText(fault)),
    });
    t.diagnostic(auditText(report));
    assert.ok(report.outcomes.unknown > 0, "no write was under way when hosts were cut off");
    assert.ok(report.outcomes.refused > 0, "no write was refused");
  });
});
