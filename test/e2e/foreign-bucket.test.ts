import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { parseLog } from "../harness/log-lines.ts";
import { openNodeHome } from "../harness/node-home.ts";

const REQUESTS = 1_000;

suite("requests for another node's bucket", () => {
  test("are logged on this node, one for many", async () => {
    await using home = await openNodeHome();
    const node = await home.start({ env: { KV_ROUTING_TABLE: "a-m=self,n-z=bar@elsewhere" } });
    await using client = await LineClient.connect(node.port);
    client.sendLines(...Array.from({ length: REQUESTS }, () => "GET nuts k"));
    for (const reply of await client.readMany(REQUESTS)) {
      assert.equal(reply, "ERROR no connection to bar@elsewhere");
    }
    await node.stop();
    const failed = parseLog(node.stdout).filter(({ type }) => type === "request-failed");
    assert.ok(failed.length >= 1 && failed.length <= 10, `${failed.length} lines`);
    assert.match(String(failed[0]?.["message"]), /no connection to bar@elsewhere/u);
    assert.match(String(failed[0]?.["node"]), /^kv@/u);
  });
});
