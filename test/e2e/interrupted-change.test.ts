import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { operate } from "../harness/operator.ts";

/** A put that never ends: bytes are copied for it now and then, or noted in a map, and the time after `patience` never comes back. */
const ENDLESS = `
  await kv.create("b");
  await kv.put("b", "before", "1");
  let patience = Number(args[0]);
  const arrays = Object.getPrototypeOf(Uint8Array).prototype;
  const originals = new Map([arrays, Map.prototype].map((owner) => [owner, owner.set]));
  const restore = () => originals.forEach((set, owner) => (owner.set = set));
  for (const [owner, set] of [...originals]) {
    owner.set = function (...given) {
      if (patience === 0) {
        // Not for those who come later.
        restore();
        while (true);
      }
      patience -= 1;
      return set.apply(this, given);
    };
  }
  const name = Buffer.from("b");
  const field = (key) => ({ key: Buffer.from(key), value: Buffer.alloc(1000) });
  const answer = kv.api.put(name, [field("one"), field("two")]);
  restore();
  await answer;
`;

/** A put does that less often. */
const MOST_COPIES = 40;

suite("code that is stopped in the midst of a put", () => {
  test("leaves a node that serves, or ends it: then the log is whole", async () => {
    await using home = await openNodeHome();
    await interrupt(home, await home.start());
    const again = await home.start();
    await using client = await LineClient.connect(again.port);
    assert.deepEqual(await client.ask("GET b before", 2), ["1", "OK"]);
    assert.deepEqual(await client.ask("PUT b after 2"), ["OK"]);
    await again.stop();
  });

  test("ends one whose store is in memory, too, which would serve what nobody has put", async () => {
    await using home = await openNodeHome();
    const engine = { application: "kv", path: ["storage", "engine"], value: "memory" };
    await interrupt(home, await home.start({ settings: [engine] }));
  });
});

/** Has puts stopped at one copy after the other, until the node ends by it. */
async function interrupt(
  home: NodeHome,
  node: NodeProcess & { readonly port: number },
): Promise<void> {
  let isInterrupted = false;
  for (let copies = 0; copies < MOST_COPIES && !isInterrupted; copies++) {
    const typed = await operate(["rpc", "--timeout", "60", ENDLESS, String(copies)], home);
    if (typed.code === 0) break;
    // The next change is what finds it out.
    isInterrupted = !(await takesPuts(node.port));
  }
  assert.ok(isInterrupted, "no put was ever stopped within the store");
  const { code } = await node.exit();
  assert.equal(code, 1);
  assert.match(node.stderr, /^The store at ".*" was stopped in the midst of a change; .*\n$/u);
}

suite("a promise of evaluated code that nobody waits for", () => {
  test("is rejected without ending the node, which logs it", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    const typed = await operate(["rpc", 'void Promise.reject(new Error("nobody"))'], home);
    assert.equal(typed.code, 0, typed.stderr);
    await node.logged(/"type":"evaluated-rejection".*nobody/u);
    assert.equal(await takesPuts(node.port), false, "there is no bucket");
    assert.equal((await operate(["status"], home)).code, 0);
    await node.stop();
  });
});

async function takesPuts(port: number): Promise<boolean> {
  try {
    await using client = await LineClient.connect(port);
    return (await client.ask("PUT b after 2"))[0] === "OK";
  } catch {
    return false;
  }
}
