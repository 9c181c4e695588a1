import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { openNodeHome } from "../harness/node-home.ts";
import { operate } from "../harness/operator.ts";

suite("a store that no node uses", () => {
  test("is checked, refused by a node when it is damaged, and salvaged into one that it takes", async () => {
    await using home = await openNodeHome();
    const { dataDirectory } = home;
    const options = { dataDirectory };
    {
      await using node = await home.start();
      await using client = await LineClient.connect(node.port);
      assert.deepEqual(await client.ask("CREATE shopping"), ["OK"]);
      for (const key of ["milk", "eggs"]) {
        assert.deepEqual(await client.ask(`PUT shopping ${key} 1`), ["OK"]);
      }
      const held = await operate(["check", join(dataDirectory, "kv")], options);
      assert.equal(held.code, 1);
      assert.match(held.stderr, /^Cannot open the store at ".*": process \d+ holds it; [^\n]*\n$/u);
      assert.deepEqual(await node.stop(), { code: 0, signal: null });
    }
    const directory = join(dataDirectory, "kv");
    const sound = await operate(["check", directory], options);
    assert.equal(sound.code, 0, sound.stderr);
    assert.match(sound.stdout, /^The store at ".*" is sound\n2 keys in 1 bucket; 1 segment, /u);

    const segment = join(directory, "00000001.log");
    const bytes = await readFile(segment);
    bytes[bytes.indexOf("eggs")] = 0x45;
    await writeFile(segment, bytes);
    const damaged = await operate(["check", directory, "--json"], options);
    assert.equal(damaged.code, 1);
    const report: unknown = JSON.parse(damaged.stdout);
    assert.partialDeepStrictEqual(report, {
      isSound: false,
      findings: [{ severity: "damage", path: segment }],
    });
    const refused = await home.spawn();
    assert.deepEqual(await refused.exit(), { code: 1, signal: null });
    assert.match(
      refused.stderr,
      /^Cannot open ".*": damaged at byte \d+: .*; run npm run kv -- check DIR and npm run/u,
    );

    const target = join(dataDirectory, "saved");
    const salvaged = await operate(["salvage", directory, target], options);
    assert.equal(salvaged.code, 1, "something was lost");
    assert.match(salvaged.stdout, /^Wrote 1 key in 1 bucket to ".*saved"/u);
    assert.match(salvaged.stdout, /\nWhat was lost, or is doubtful:\n- /u);
    assert.equal((await operate(["check", target], options)).code, 0);
    await using node = await home.start({ env: { KV_NODE: "saved" } });
    await using client = await LineClient.connect(node.port);
    assert.deepEqual(await client.ask("GET shopping milk", 2), ["1", "OK"]);
    assert.deepEqual(await client.ask("GET shopping eggs", 2), ["", "OK"]);
  });
});
