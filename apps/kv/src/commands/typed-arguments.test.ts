import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isApplicationError } from "@kv/application";
import { CommandBench } from "../../test/command-bench.ts";
import { backupCommand } from "./backup.ts";
import { getCommand } from "./get.ts";
import { putCommand } from "./put.ts";
import { exportCommand } from "./transfer/export.ts";
import { importCommand } from "./transfer/import.ts";

function isMisuse(reason: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isApplicationError(error, "COMMAND_USAGE"), String(error));
    assert.match(error.details.reason, reason);
    return true;
  };
}

/** What becomes of the byte FF on a command line. */
const distorted = "a\u{FFFD}b";

suite("a word that was not UTF-8", () => {
  test("is no bucket, key or value that somebody has typed", async () => {
    const bench = new CommandBench();
    const places = ["bucket", "key", "value"];
    for (const [index, name] of places.entries()) {
      const words = ["b", "k", "v"].with(index, distorted);
      await assert.rejects(
        bench.run(putCommand, { words, options: { create: true } }),
        isMisuse(
          new RegExp(
            `^the argument ${name} is no UTF-8, .*; type it as base64, with --base64$`,
            "u",
          ),
        ),
      );
    }
    assert.equal(bench.store.statistics().buckets, 0);
  });

  test("can be meant, in base64", async () => {
    const bench = new CommandBench();
    const base64 = Buffer.from(distorted).toString("base64");
    const options = { base64: true, create: true };
    await bench.run(putCommand, { words: [base64, base64, base64], options });
    const { result } = await bench.run(getCommand, { words: [base64, base64], options });
    assert.equal(result["valueBase64"], base64);
  });

  test("is no path, and neither is nothing", async () => {
    const bench = new CommandBench();
    const runs: readonly ((word: string) => Promise<unknown>)[] = [
      (word) => bench.run(backupCommand, { words: [word] }),
      (word) => bench.run(exportCommand, { words: [word] }),
      (word) => bench.run(importCommand, { words: [word] }),
    ];
    for (const run of runs) {
      await assert.rejects(run(distorted), isMisuse(/^the argument \w+ is no UTF-8; /u));
      await assert.rejects(run(""), isMisuse(/^the argument \w+ is empty$/u));
    }
  });
});

test("put takes no key or value longer than a client may send", async () => {
  const bench = new CommandBench();
  const options = { create: true };
  const put = (key: string, value: string): Promise<unknown> =>
    bench.run(putCommand, { words: ["b", key, value], options });
  await put("k".repeat(65_536), "v");
  await assert.rejects(
    put("k".repeat(65_537), "v"),
    isMisuse(/^the key has 65537 bytes, and 65536 are the most$/u),
  );
  await assert.rejects(
    put("k", "v".repeat(64 * 2 ** 20 + 1)),
    isMisuse(/^the value has 67108865 bytes, and 67108864 are the most$/u),
  );
  assert.equal(bench.store.statistics().keys, 1);
});
