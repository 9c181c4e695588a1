import assert from "node:assert/strict";
import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import {
  defaultDirectory,
  isPrivateDirectory,
  prepareDirectory,
  socketPath,
} from "./socket-place.ts";

const identity = { uid: process.getuid?.() };

suite("socketPath()", () => {
  test("is named for the node", () => {
    assert.equal(socketPath("/run/user/1/kv", "foo@bar"), "/run/user/1/kv/foo@bar.sock");
  });

  test("of 103 bytes is as it is, of more is hashed: the same for the same node", () => {
    const directory = `/tmp/${"d".repeat(60)}`;
    const room = 103 - directory.length - "/.sock".length;
    assert.equal(socketPath(directory, "n".repeat(room)).length, 103);
    const long = socketPath(directory, "n".repeat(room + 1));
    assert.match(long, /\/[0-9a-f]{16}\.sock$/u);
    assert.equal(socketPath(directory, "n".repeat(room + 1)), long);
    assert.notEqual(socketPath(directory, "m".repeat(room + 1)), long);
  });

  test("counts bytes, not characters", () => {
    assert.match(socketPath("/tmp", "ä".repeat(60)), /\/[0-9a-f]{16}\.sock$/u);
  });

  test("refuses a folder that leaves no room", () => {
    assert.throws(() => socketPath(`/tmp/${"d".repeat(90)}`, "foo"), { code: "CONTROL_DIRECTORY" });
  });
});

test("without a configured folder each user has one in /tmp", () => {
  assert.equal(defaultDirectory({ uid: 1000 }), "/tmp/kv-1000");
});

suite("the folder", () => {
  let root = "";

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "kv-place-"));
  });
  after(() => rm(root, { recursive: true }));

  test("is made for its user alone, with those above it", async () => {
    const directory = join(root, "run", "kv");
    await prepareDirectory(directory, identity);
    assert.equal((await stat(directory)).mode & 0o777, 0o700);
    await prepareDirectory(directory, identity);
    assert.ok(await isPrivateDirectory(directory, identity));
  });

  test("that is not there is no failure of an operator's", async () => {
    assert.equal(await isPrivateDirectory(join(root, "none"), identity), false);
  });

  for (const mode of [0o755, 0o770, 0o701]) {
    test(`that others may get into is refused: ${mode.toString(8)}`, async () => {
      const directory = join(root, mode.toString(8));
      await mkdir(directory);
      await chmod(directory, mode);
      await assert.rejects(prepareDirectory(directory, identity), {
        code: "CONTROL_DIRECTORY",
        message: `Cannot use "${directory}" for control sockets: others may get into it (mode 0${mode.toString(8)}); run chmod 700 "${directory}", or set control.directory to another one`,
      });
    });
  }

  test("that is a link, or a file, is refused", async () => {
    await prepareDirectory(join(root, "real"), identity);
    await symlink(join(root, "real"), join(root, "link"));
    await writeFile(join(root, "file"), "");
    for (const name of ["link", "file"]) {
      await assert.rejects(prepareDirectory(join(root, name), identity), {
        code: "CONTROL_DIRECTORY",
      });
    }
  });

  test("of another user is refused", { skip: identity.uid !== 0 && "needs root" }, async () => {
    const directory = join(root, "theirs");
    await prepareDirectory(directory, identity);
    await chown(directory, 12_345, 12_345);
    await assert.rejects(
      prepareDirectory(directory, identity),
      /it belongs to another user \(12345\)/u,
    );
  });

  test("that cannot be made says why", async () => {
    await writeFile(join(root, "blocked"), "");
    await assert.rejects(prepareDirectory(join(root, "blocked", "kv"), identity), {
      code: "CONTROL_DIRECTORY",
    });
  });
});
