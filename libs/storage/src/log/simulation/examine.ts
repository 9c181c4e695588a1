import assert from "node:assert/strict";
import { StorageError } from "../../errors.ts";
import { segmentName } from "../file-names.ts";
import type { CheckReport } from "../offline/check-report.ts";
import { examineStore } from "../offline/examine-store.ts";
import { type History, HOME } from "./life.ts";
import { mend } from "./live.ts";
import type { SimulatedMachine } from "./simulated-machine.ts";

/** Reads all of a store that nobody has open: a crash tears a tail, and damages nothing. */
export async function expectSound(
  { counts }: History,
  machine: SimulatedMachine,
): Promise<CheckReport> {
  mend(machine);
  const report = await examineStore({ files: machine, directory: HOME });
  const damage = report.findings.filter(({ severity }) => severity === "damage");
  assert.deepEqual(damage, [], "a check finds damage where nothing was damaged");
  counts.set("checks", (counts.get("checks") ?? 0) + 1);
  return report;
}

/**
 * Reads all of a store in which one byte of the file `name` was changed: that is found, wherever it is.
 * `before` is what there was to say when it was whole.
 */
export async function expectFound(
  machine: SimulatedMachine,
  name: string,
  before: CheckReport,
): Promise<void> {
  const isNeeded =
    name === "SEAL" || before.segments.some(({ number }) => segmentName(number) === name);
  if (!isNeeded && name !== "SNAPSHOT") return;
  const [result] = await Promise.allSettled([examineStore({ files: machine, directory: HOME })]);
  if (result.status === "rejected") {
    assert.ok(result.reason instanceof StorageError, String(result.reason));
    assert.equal(result.reason.code, "STORAGE_FORMAT");
    return;
  }
  const { findings, isSound } = result.value;
  assert.ok(findings.length > 0, "a check does not find the flipped byte");
  if (isNeeded && before.sealed) assert.ok(!isSound, "a check takes the flipped byte for harmless");
}
