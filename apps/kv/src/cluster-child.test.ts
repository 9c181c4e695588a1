import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { suite, test } from "node:test";
import type { NodeName, ServedCall } from "@kv/cluster";
import { ClusterChild, type ClusterChildOptions } from "./cluster-child.ts";
import { nodeNamed } from "./remote/testing/any-part.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];

suite("ClusterChild", () => {
  test("reaches others while it is open, and nobody before and afterwards", async () => {
    await using folder = await openFolder();
    await using owner = await childOf(bar, folder.path, { serve: answerNothing }).start();
    void owner;
    const child = childOf(foo, folder.path);
    assert.equal(await called(child), "CLUSTER_NO_CONNECTION");
    const running = await child.start();
    assert.equal(await called(child), "answered");
    assert.deepEqual(child.nodes, [bar]);
    await running[Symbol.asyncDispose]();
    assert.equal(await called(child), "CLUSTER_NO_CONNECTION");
    assert.deepEqual(child.nodes, []);
  });

  for (const [what, alone] of [
    ["that is to be alone", { distribution: "off" }],
    ["on Windows", { platform: "win32" }],
  ] as const) {
    test(`a node ${what} makes no cookie and listens nowhere`, async () => {
      const child = childOf(foo, "/nowhere", { cookie: noCookie, ...alone });
      await using running = await child.start();
      assert.equal(await called(child), "CLUSTER_NO_CONNECTION");
      void running;
    });
  }
});

function noCookie(): never {
  assert.fail("nobody needs it");
}

function childOf(
  self: NodeName,
  directory: string,
  others: Partial<ClusterChildOptions> = {},
): ClusterChild {
  return new ClusterChild({
    self,
    serve: () => assert.fail("nobody asks"),
    distribution: "on",
    cookie: async () => "of the test",
    directory,
    nodes: {},
    listen: undefined,
    ...others,
  });
}

function answerNothing(call: ServedCall): void {
  call.answer(0, () => {});
}

/** What became of a call to bar: `answered`, or the code of the failure. */
function called(child: ClusterChild): Promise<string> {
  return new Promise((resolve) => {
    child.call(bar, {
      deadlineMs: child.nowMs() + 10_000,
      isWrite: false,
      byteLength: 0,
      write: () => {},
      answered: () => resolve("answered"),
      failed: ({ code }) => resolve(code),
    });
  });
}

async function openFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "kv-child-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
