import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answering, Store } from "../../store.ts";
import { openLogStore } from "../open-log-store.ts";
import { type Content, SimulatedMachine } from "../simulation/simulated-machine.ts";
import { checkStore } from "./check-store.ts";
import { salvageStore } from "./salvage-store.ts";
import { flipped } from "./testing/harm-files.ts";
import { groupsOf, stateBy } from "./testing/sound-records.ts";
import { stateOf } from "./testing/state-of.ts";
import { DIRECTORY } from "./testing/write-store.ts";

const TARGET = "/data/salvaged";
const creating = { createsBucket: true };

const text = (string: string): Uint8Array => new TextEncoder().encode(string);

async function done(answering: Answering<object>): Promise<void> {
  await (await answering).durable;
}

/** Transient buckets of every fate, in small segments: lasting, gone, made anew, kept since. */
async function change(store: Store): Promise<void> {
  for (const name of ["hash", "gone", "again", "kept"]) {
    const fields = ["one", "two"].map((key) => ({ key: text(key), value: text(name) }));
    await done(store.put(text(name), fields, creating));
  }
  await done(store.delete(text("gone"), [text("one")]));
  await done(store.delete(text("gone"), [text("two")]));
  await done(store.dropBucket(text("again")));
  await done(store.put(text("again"), [{ key: text("three"), value: text("v") }], creating));
  await done(store.createBucket(text("kept")));
  await done(store.put(text("hash"), [{ key: text("last"), value: text("w") }]));
  await done(store.put(text("kept"), [{ key: text("last"), value: text("w") }]));
}

async function contentOf(isCompacted: boolean): Promise<Content> {
  const files = new SimulatedMachine();
  const options = { directory: DIRECTORY, clock: () => 1000, files, segmentLimitBytes: 400 };
  await using store = await openLogStore(options);
  await change(store);
  if (isCompacted) await store.compact?.();
  return files.afterKill().content(DIRECTORY);
}

async function salvaged(content: Content): Promise<readonly string[]> {
  const files = SimulatedMachine.holding(DIRECTORY, content);
  await salvageStore({ directory: DIRECTORY, target: TARGET, files });
  return await stateOf(files.content(TARGET));
}

for (const isCompacted of [false, true]) {
  const how = isCompacted ? ", compacted" : "";
  test(`a salvage keeps the lifetimes of buckets, as far as its groups tell${how}`, async () => {
    const content = await contentOf(isCompacted);
    const whole = await stateOf(content);
    const lifetimes = whole.filter((line) => !line.includes("/"));
    assert.deepEqual(
      lifetimes.map((line) => line.endsWith(", transient")),
      [true, true, false],
      "again, hash and kept",
    );
    const files = SimulatedMachine.holding(DIRECTORY, content);
    assert.deepEqual((await checkStore({ directory: DIRECTORY, files })).findings, []);
    assert.deepEqual(await salvaged(content), whole);
    const groups = groupsOf(content);
    for (const lost of groups) {
      const bytes = content.get(lost.name) ?? new Uint8Array();
      const harmed = new Map(content).set(lost.name, flipped(bytes, lost.start + 45));
      const left = stateBy(groups.filter((group) => group !== lost));
      assert.deepEqual(await salvaged(harmed), left, `${lost.name}, byte ${lost.start}`);
    }
  });
}
