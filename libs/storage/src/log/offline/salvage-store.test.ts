import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isStorageError, type StorageErrorCode } from "../../errors.ts";
import { openLogStore } from "../open-log-store.ts";
import { type Content, SimulatedMachine } from "../simulation/simulated-machine.ts";
import { SKIPPED_REVISIONS } from "../skip-revisions.ts";
import type { CheckReport } from "./check-report.ts";
import { checkStore } from "./check-store.ts";
import type { SalvageReport } from "./salvage-report.ts";
import { salvageStore } from "./salvage-store.ts";
import { anyHarm, flipped, harmed } from "./testing/harm-files.ts";
import { groupsOf, stateBy } from "./testing/sound-records.ts";
import { stateOf } from "./testing/state-of.ts";
import { DIRECTORY, writeStore } from "./testing/write-store.ts";

const TARGET = "/data/salvaged";

interface Salvaged {
  readonly report: SalvageReport;
  readonly checked: CheckReport;
  readonly state: readonly string[];
}

/** Salvages a store of these files; what comes of it opens and is sound, and they are as they were. */
async function salvaged(content: Content): Promise<Salvaged> {
  const files = SimulatedMachine.holding(DIRECTORY, content);
  const report = await salvageStore({ directory: DIRECTORY, target: TARGET, files, drawBytes });
  assert.deepEqual(files.content(DIRECTORY), content);
  assert.equal(files.has(`${TARGET}.partial`), false);
  assert.equal(files.readerCount, 0);
  const checked = await checkStore({ directory: TARGET, files });
  assert.deepEqual(
    [checked.findings, checked.sealed, checked.storeId],
    [[], true, "09".repeat(16)],
  );
  assert.equal(report.kept.keys, checked.keys);
  assert.equal(report.kept.buckets, checked.buckets);
  assert.equal(report.kept.lastRevision, checked.lastRevision);
  assert.equal(report.isWhole, report.remarks.length === 0);
  return { report, checked, state: await stateOf(files.content(TARGET)) };
}

function drawBytes(count: number): Uint8Array {
  return new Uint8Array(count).fill(9);
}

function without(content: Content, ...names: readonly string[]): Content {
  return new Map([...content].filter(([name]) => !names.includes(name)));
}

const sealed = await writeStore();
const killed = await writeStore({ isClosed: false });
const compacted = await writeStore({ isCompacted: true });

test("salvageStore() makes of a sound store one that shows the same", async () => {
  const behindSnapshot = await writeStore({ hasSnapshot: true, goesOn: true });
  for (const content of [sealed, killed, compacted, behindSnapshot]) {
    const { report, state } = await salvaged(content);
    const isSealed = content.has("SEAL");
    assert.deepEqual(
      [report.isWhole, report.remarks.length],
      [isSealed, Number(!isSealed)],
      JSON.stringify(report),
    );
    assert.deepEqual(state, await stateOf(content));
    const hasSnapshot = content.has("SNAPSHOT");
    assert.equal(report.read.from, hasSnapshot ? "snapshot" : "log");
    assert.equal(report.kept.lastRevision % SKIPPED_REVISIONS, hasSnapshot ? 44 : 30);
    assert.equal(report.kept.lastRevision > SKIPPED_REVISIONS, !content.has("SEAL"));
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  }
});

test("salvageStore() does not call a log whole whose end no seal vouches for", async () => {
  const seal = sealed.get("SEAL");
  assert.ok(seal !== undefined);
  const unreadable = new Map(sealed).set("SEAL", flipped(seal, seal.length - 1, 1));
  const cases = [
    ["missing", without(sealed, "SEAL"), /^There is no seal, as after a crash: /u],
    ["unreadable", unreadable, /^The seal cannot be read: /u],
  ] as const;
  for (const [state, content, remark] of cases) {
    const { report } = await salvaged(content);
    assert.deepEqual([report.isWhole, report.read.seal], [false, state]);
    assert.match(report.remarks.join("\n"), remark);
  }
});

/** What is left of a store with one bit flipped, by a model, and the group that is lost. */
function leftOf(content: Content, name: string, at: number) {
  const groups = groupsOf(content);
  const isHit = (group: { name: string; start: number; end: number }): boolean => {
    return group.name === name && group.start <= at && at < group.end;
  };
  const hit = groups.find(isHit);
  const isLast = hit !== undefined && hit === groups.at(-1);
  return { lines: stateBy(groups.filter((group) => group !== hit)), hit, isLast };
}

test("salvageStore() keeps all that is outside the group with a flipped bit", async () => {
  const small = await writeStore({ isSmall: true });
  for (const content of [small, without(compacted, "SEAL")]) {
    for (const [name, bytes] of content) {
      for (let at = 0; at < bytes.length; at += 5) {
        const harmedStore = new Map(content).set(name, flipped(bytes, at, 1 << (at % 8)));
        const { report, state } = await salvaged(harmedStore);
        const { lines, hit, isLast } = leftOf(content, name, at);
        const what = `${name}, byte ${at}`;
        assert.deepEqual(state, lines, what);
        const skipped = report.skipped.list.map(({ path, offsetBytes, bytes: length }) => {
          return [path, offsetBytes, offsetBytes + length];
        });
        const lost = hit === undefined ? [] : [[join(DIRECTORY, name), hit.start, hit.end]];
        assert.deepEqual(skipped, lost, what);
        const isDoubtful = report.remarks.some((remark) => /deleted or dropped/u.test(remark));
        assert.equal(isDoubtful, hit !== undefined, what);
        // Without a seal nobody knows how many groups the end of the log has had.
        const isCounted = hit !== undefined && (content.has("SEAL") || !isLast);
        assert.equal(report.lostGroups, Number(isCounted), what);
      }
    }
  }
});

test("salvageStore() goes by a good snapshot, so that damage before it costs single values only", async () => {
  const content = await writeStore({ isSmall: true, hasSnapshot: true });
  const whole = await stateOf(content);
  for (const [name, bytes] of content) {
    if (!name.endsWith(".log")) continue;
    for (let at = 0; at < bytes.length; at += 7) {
      const harmedStore = new Map(content).set(name, flipped(bytes, at, 1 << (at % 8)));
      const { report, state } = await salvaged(harmedStore);
      const what = `${name}, byte ${at}: ${JSON.stringify(report)}`;
      const lost = whole.filter((line) => !state.includes(line));
      assert.ok(
        state.every((line) => whole.includes(line)),
        what,
      );
      assert.equal(report.lostKeys.count, lost.length, what);
      assert.ok(lost.length <= 1, what);
      assert.deepEqual([report.read.from, report.renamed], ["snapshot", []], what);
      assert.equal(report.lostGroups, report.skipped.count, what);
      assert.ok(!report.remarks.some((remark) => /deleted or dropped/u.test(remark)), what);
    }
  }
});

test("salvageStore() names keys whose values are lost, as text or in base64", async () => {
  const content = await writeStore({ isSmall: true, hasSnapshot: true });
  const name = "00000003.log";
  const names = [...content.keys()].filter((each) => each.endsWith(".log"));
  const { report } = await salvaged(without(content, ...names.filter((each) => each !== name)));
  assert.deepEqual(report.missing.list, [`${DIRECTORY}/00000001.log`, `${DIRECTORY}/00000002.log`]);
  assert.ok(report.lostKeys.list.some(({ bucket, key }) => bucket === "dropped" && key === "back"));
  const odd = { bucketBase64: "/wA=", keyBase64: "/wA=" };
  assert.ok(report.lostKeys.list.some((each) => JSON.stringify(each) === JSON.stringify(odd)));
});

test("salvageStore() serves nothing that was never there, whatever happened to the files", async () => {
  const stores = [sealed, killed, compacted, await writeStore({ hasSnapshot: true, goesOn: true })];
  const property = fc.asyncProperty(
    fc.constantFrom(...stores),
    fc.array(anyHarm, { minLength: 1, maxLength: 3 }),
    async (content, harms) => {
      const files = harmed(content, harms);
      if (![...files.keys()].some((name) => name.endsWith(".log"))) return;
      const { report, state } = await salvaged(files);
      const known = everSaid(content);
      for (const line of state) {
        assert.ok(!line.includes("/") || known.has(withoutBucket(line)), line);
      }
      const { isSound } = await checkStore({
        directory: DIRECTORY,
        files: SimulatedMachine.holding(DIRECTORY, files),
      });
      if (isSound && report.isWhole) assert.deepEqual(state, await stateOf(files));
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test("salvageStore() does with half a segment, and says how much is gone", async () => {
  for (const [hasSnapshot, name] of [
    [false, "00000002.log"],
    [false, "00000005.log"],
    [true, "00000005.log"],
  ] as const) {
    const content = await writeStore({ hasSnapshot });
    const bytes = content.get(name)!;
    const half = bytes.length >>> 1;
    const { report, state } = await salvaged(new Map(content).set(name, bytes.slice(0, half)));
    const groups = groupsOf(content);
    const left = groups.filter((group) => group.name !== name || group.end <= half);
    assert.equal(report.lostGroups, groups.length - left.length);
    assert.equal(report.isWhole, false);
    // Later mutations get higher revisions than those that are lost.
    assert.equal(report.kept.lastRevision, 30);
    const whole = await stateOf(content);
    if (!hasSnapshot) assert.deepEqual(state, stateBy(left));
    else {
      assert.ok(state.every((line) => whole.includes(line)));
      assert.equal(report.lostKeys.count, whole.length - state.length);
      assert.ok(report.lostKeys.count > 0);
    }
  }
});

test("salvageStore() needs no header to know a store's groups", async () => {
  const machine = new SimulatedMachine();
  const options = { directory: DIRECTORY, clock: () => 0, files: machine, cacheLimitBytes: 0 };
  await using store = await openLogStore(options);
  await (await store.createBucket(Buffer.from("b"))).durable;
  await (await store.put(Buffer.from("b"), [{ key: Buffer.from("k"), value: Buffer.from("v") }]))
    .durable;
  const content = machine.afterKill().content(DIRECTORY);
  const whole = await stateOf(content);
  const [[name, bytes] = ["", new Uint8Array()]] = content;
  for (let at = 0; at < 64; at++) {
    const { report, state } = await salvaged(new Map([[name, flipped(bytes, at)]]));
    assert.deepEqual(state, whole, `byte ${at}`);
    assert.equal(report.read.seal, "missing");
    assert.equal(report.remarks.length, 1);
  }
});

test("salvageStore() keeps the keys of a bucket whose name is lost, under another name", async () => {
  const content = await writeStore({ isSmall: true });
  const bytes = content.get("00000001.log")!;
  // The bucket "plain" is created in the first group, and named again in the next segment only.
  const harmedStore = new Map(without(content, "00000002.log", "00000003.log", "SEAL")).set(
    "00000001.log",
    flipped(bytes, 100),
  );
  const { report, state } = await salvaged(harmedStore);
  assert.deepEqual(report.renamed, [{ bucketId: 1, name: "salvaged-bucket-1" }]);
  assert.ok(
    state.some((line) => line.startsWith(Buffer.from("salvaged-bucket-1").toString("hex"))),
  );
  assert.ok(report.remarks.some((remark) => /name of 1 bucket is lost/u.test(remark)));
});

test("a salvaged store goes on: with higher revisions, through compaction and another start", async () => {
  const files = SimulatedMachine.holding(DIRECTORY, killed);
  await salvageStore({ directory: DIRECTORY, target: TARGET, files });
  const options = { directory: TARGET, clock: () => 1000, files, cacheLimitBytes: 0 };
  const bucket = Buffer.from("plain");
  {
    await using store = await openLogStore(options);
    const stored = await store.put(bucket, [{ key: bucket, value: bucket }]);
    await stored.durable;
    assert.ok(stored.outcome.type === "stored" && stored.outcome.revision === 30 + 2 ** 28 + 1);
    await store.compact?.();
  }
  const { isSound, findings } = await checkStore({ directory: TARGET, files });
  assert.ok(isSound, JSON.stringify(findings));
  await using again = await openLogStore(options);
  const { outcome } = await again.get(bucket, Buffer.from("one"));
  assert.ok(outcome.type === "found" && Buffer.from(outcome.value).toString() === "one in round 1");
});

test("salvageStore() leaves no store behind when it fails", async () => {
  for (const type of ["write", "sync", "rename"] as const) {
    const files = SimulatedMachine.holding(DIRECTORY, sealed);
    files.faults = (call) => {
      const isHit = call.type === type && call.path.startsWith(TARGET);
      return isHit ? { type: "error", code: "ENOSPC" } : undefined;
    };
    await assert.rejects(
      salvageStore({ directory: DIRECTORY, target: TARGET, files }),
      isFailure(
        "STORAGE_SALVAGE_FAILED",
        /^Cannot write a salvaged store to "\/data\/salvaged": there is no space left/u,
      ),
    );
    assert.ok(!files.has(TARGET));
    assert.deepEqual(files.content(DIRECTORY), sealed);
    // The next one is not troubled by what is left.
    files.faults = () => undefined;
    const { isWhole } = await salvageStore({ directory: DIRECTORY, target: TARGET, files });
    assert.ok(isWhole && !files.has(`${TARGET}.partial`));
  }
});

test("salvageStore() tells how far it is, and stops when nobody waits", async () => {
  const files = SimulatedMachine.holding(DIRECTORY, sealed);
  const told: (readonly [number, number])[] = [];
  const onProgress = (done: number, total: number): void => void told.push([done, total]);
  await salvageStore({ directory: DIRECTORY, target: TARGET, files, onProgress });
  const total = told[0]?.[1] ?? 0;
  assert.deepEqual(told.at(-1), [total, total]);
  assert.ok(told.every(([done], at) => done >= (told[at - 1]?.[0] ?? 0)));
  const reason = new Error("enough");
  for (const calls of [1, 5, 8]) {
    let left = calls;
    const controller = new AbortController();
    const stop = (): void => void (--left === 0 && controller.abort(reason));
    const { signal } = controller;
    const again = { directory: DIRECTORY, target: "/other", files, onProgress: stop, signal };
    await assert.rejects(salvageStore(again), reason);
    assert.ok(!files.has("/other"));
    assert.equal(files.readerCount, 0);
  }
});

test("salvageStore() reads what a failing disk still gives", async () => {
  const files = SimulatedMachine.holding(DIRECTORY, sealed);
  files.faults = ({ type, path }) => {
    const isBad = type === "read" && path === `${DIRECTORY}/00000003.log`;
    return isBad ? { type: "error", code: "EIO" } : undefined;
  };
  const { lostGroups } = await salvageStore({ directory: DIRECTORY, target: TARGET, files });
  assert.equal(lostGroups, 6);
  const left = groupsOf(sealed).filter(({ name }) => name !== "00000003.log");
  assert.deepEqual(await stateOf(files.content(TARGET)), stateBy(left));
});

test("salvageStore() takes an empty or new directory on the machine's disk, and no other", async () => {
  const path = await mkdtemp(join(tmpdir(), "kv-salvage-"));
  try {
    const directory = join(path, "store");
    await mkdir(directory);
    for (const [name, bytes] of killed) await writeFile(join(directory, name), bytes);
    const target = join(path, "new");
    await assert.rejects(
      salvageStore({ directory, target: path }),
      isFailure(
        "STORAGE_SALVAGE_FAILED",
        /: it is not empty; choose a directory that is not there yet, or is empty$/u,
      ),
    );
    await assert.rejects(
      salvageStore({ directory: join(path, "missing"), target }),
      isFailure("STORAGE_INACCESSIBLE", /it does not exist/u),
    );
    await assert.rejects(
      salvageStore({ directory, target: join(directory, "new") }),
      isFailure("STORAGE_SALVAGE_FAILED", /: it lies in the damaged store; /u),
    );
    // The same, where the store has two names.
    const link = join(path, "link");
    await symlink(directory, link);
    const within = isFailure("STORAGE_SALVAGE_FAILED", /: it lies in the damaged store; /u);
    await assert.rejects(salvageStore({ directory, target: join(link, "new") }), within);
    await assert.rejects(salvageStore({ directory, target: link }), within);
    await assert.rejects(salvageStore({ directory: link, target: join(directory, "new") }), within);
    await rm(link);
    await symlink(join(path, "nowhere"), link);
    await assert.rejects(
      salvageStore({ directory, target: link }),
      isFailure("STORAGE_SALVAGE_FAILED", /: it is a symbolic link that leads nowhere/u),
    );
    await rm(link);
    await mkdir(target);
    const report = await salvageStore({ directory, target: `${target}/` });
    assert.deepEqual([report.lostGroups, report.kept.keys], [0, 8]);
    assert.deepEqual((await readdir(path)).toSorted(), ["new", "store"]);
    assert.deepEqual((await readdir(target)).toSorted(), ["00000001.log", "SEAL"]);
    for (const [name, bytes] of killed) {
      assert.deepEqual(Uint8Array.from(await readFile(join(directory, name))), bytes);
    }
    assert.deepEqual((await readdir(directory)).toSorted(), [...killed.keys()].toSorted());
    await using _ = await openLogStore({ directory: target, clock: () => 0 });
    const other = join(path, "other");
    await assert.rejects(
      salvageStore({ directory: target, target: other }),
      isFailure("STORAGE_LOCKED", /holds it/u),
    );
    await assert.rejects(
      salvageStore({ directory, target }),
      isFailure("STORAGE_SALVAGE_FAILED", /not empty/u),
    );
  } finally {
    await rm(path, { recursive: true });
  }
});

function isFailure(code: StorageErrorCode, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isStorageError(error, code), String(error));
    assert.match(error.message, text);
    return true;
  };
}

/** Every key with every value it ever had, and the revisions that it had then. */
function everSaid(content: Content): ReadonlySet<string> {
  const groups = groupsOf(content);
  const lines = groups.flatMap((_, count) => stateBy(groups.slice(0, count + 1)));
  return new Set(lines.map(withoutBucket));
}

function withoutBucket(line: string): string {
  return line.slice(line.indexOf("/"), line.indexOf(" until "));
}
