import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { nodeNamed } from "../testing/node-named.ts";
import { placeOf } from "./node-places.ts";
import { nodeSocketPath, prepareSocketDirectory } from "./socket-directory.ts";

const [foo, bar] = [nodeNamed("foo@lab"), nodeNamed("bar@lab")];

/** What is expected of a refusal. */
function refused(message: RegExp): { readonly code: string; readonly message: RegExp } {
  return { code: "CLUSTER_PLACE", message };
}

test("nodeSocketPath() hashes a name that is too long, and refuses a folder that is", () => {
  assert.equal(nodeSocketPath("/run/kv", foo), "/run/kv/foo@lab.node.sock");
  const [one, other] = ["a", "b"].map((letter) =>
    nodeSocketPath("/run/kv", nodeNamed(`${letter.repeat(100)}@lab`)),
  );
  assert.match(one ?? "", /^\/run\/kv\/[0-9a-f]{16}\.node\.sock$/u);
  assert.notEqual(one, other);
  assert.throws(() => nodeSocketPath(`/${"x".repeat(90)}`, foo), { code: "CLUSTER_PLACE" });
});

test("placeOf() asks the addresses first, then the host", () => {
  const address = { host: "10.0.0.2", port: 7000 };
  const places = {
    self: foo,
    directory: "/run/kv",
    nodes: new Map([[nodeNamed("baz@lab"), address]]),
  };
  assert.deepEqual(placeOf(places, nodeNamed("baz@lab")), { type: "tcp", ...address });
  assert.deepEqual(placeOf(places, bar), { type: "unix", path: "/run/kv/bar@lab.node.sock" });
  const reason = "it is on another host, and no address is configured";
  assert.equal(placeOf(places, nodeNamed("bar@den")), reason);
});

test("prepareSocketDirectory() makes a private folder, and refuses one that is not", async () => {
  const root = await mkdtemp(join(tmpdir(), "kv-test-"));
  const uid = process.getuid?.();
  try {
    const path = join(root, "a", "b");
    await prepareSocketDirectory(path, uid);
    assert.equal((await stat(path)).mode & 0o777, 0o700);
    await prepareSocketDirectory(path, uid);
    await chmod(path, 0o750);
    await assert.rejects(prepareSocketDirectory(path, uid), refused(/mode 0750\); run chmod 700/u));
    await chmod(path, 0o700);
    if (uid !== undefined) {
      await assert.rejects(prepareSocketDirectory(path, uid + 1), refused(/another user/u));
    }
    const file = join(root, "file");
    await writeFile(file, "");
    await assert.rejects(prepareSocketDirectory(file, uid), refused(/it is no folder/u));
    await assert.rejects(
      prepareSocketDirectory(join(file, "x"), uid),
      refused(/cannot listen at/u),
    );
    await symlink(path, join(root, "link"));
    await assert.rejects(
      prepareSocketDirectory(join(root, "link"), uid),
      refused(/it is no folder/u),
    );
  } finally {
    await rm(root, { recursive: true });
  }
});
