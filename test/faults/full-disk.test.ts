import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { openNodeHome } from "../harness/node-home.ts";

const FILE_LIMIT_BLOCKS = 1_024;
const VALUE = "x".repeat(20_000);
/** More than the limit holds, however large the shell's blocks are. */
const MOST_WRITES = 100;

/** Puts one key after the other until the node refuses one; how many it took. */
async function fill(client: LineClient): Promise<number> {
  for (let at = 0; at < MOST_WRITES; at++) {
    const [reply] = await client.ask(`PUT b k${at} ${VALUE}`);
    if (reply === "OK") continue;
    assert.equal(reply, "ERROR the write may have been applied: the node could not write it down");
    return at;
  }
  throw new Error(`The node took ${MOST_WRITES} writes`);
}

suite("a node whose disk is full", () => {
  test("takes no more writes, says so, serves reads, and has kept what it acknowledged", async () => {
    await using home = await openNodeHome();
    const node = await home.start({ fileLimitBlocks: FILE_LIMIT_BLOCKS });
    await using client = await LineClient.connect(node.port);
    await client.ask("CREATE b");
    const taken = await fill(client);
    assert.ok(taken > 0);
    await node.logged(/"writes-stopped"/u);
    await node.logged(/"request-failed"/u);

    assert.deepEqual(await client.ask("PUT b small v"), [
      "ERROR the write was not applied: the node takes no writes",
    ]);
    assert.deepEqual(await client.ask("DELETE b k0"), [
      "ERROR the write was not applied: the node takes no writes",
    ]);
    assert.deepEqual(await client.ask("GET b k0", 2), [VALUE, "OK"]);
    await node.stop();

    const roomy = await home.start();
    await using reader = await LineClient.connect(roomy.port);
    for (let at = 0; at < taken; at++) {
      assert.deepEqual(await reader.ask(`GET b k${at}`, 2), [VALUE, "OK"]);
    }
    assert.deepEqual(await reader.ask("GET b small", 2), ["", "OK"]);
    assert.deepEqual(await reader.ask("PUT b small v"), ["OK"]);
  });
});
