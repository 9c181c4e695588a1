import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { expandHome, obtainCookie, readCookie } from "./cookie.ts";

const identity = { uid: process.getuid?.() };

suite("the cookie's file", () => {
  let root = "";
  let names = 0;
  const fresh = (): string => join(root, `cookie-${names++}`);

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "kv-cookie-"));
  });
  after(() => rm(root, { recursive: true }));

  test("is made once, for its user alone, and read from then on", async () => {
    const path = fresh();
    assert.equal(await readCookie(path, identity), undefined);
    const cookie = await obtainCookie(path, identity);
    assert.match(cookie, /^[\w-]{43}$/u);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal(await obtainCookie(path, identity), cookie);
    assert.equal(await readCookie(path, identity), cookie);
  });

  test("is the same for all nodes that start at once, and no draft is left", async () => {
    const path = fresh();
    const cookies = await Promise.all(
      Array.from({ length: 20 }, () => obtainCookie(path, identity)),
    );
    assert.equal(new Set(cookies).size, 1);
    assert.equal((await readFile(path, "utf8")).trim(), cookies[0]);
    const drafts = (await readdir(root)).filter((name) => name.includes("."));
    assert.deepEqual(drafts, []);
  });

  test("may be written by hand, with white space around it", async () => {
    const path = fresh();
    await writeFile(path, " monster \n", { mode: 0o600 });
    assert.equal(await readCookie(path, identity), "monster");
  });

  for (const [what, text, mode] of [
    ["others can read", "monster", 0o644],
    ["is empty", "\n", 0o600],
    ["is too long", "x".repeat(5000), 0o600],
  ] as const) {
    test(`that ${what} is refused by both ends`, async () => {
      const path = fresh();
      await writeFile(path, text);
      await chmod(path, mode);
      for (const read of [readCookie, obtainCookie]) {
        await assert.rejects(read(path, identity), (error: Error) => {
          assert.match(error.message, /^Cannot use the cookie in /u);
          assert.ok(!error.message.includes("monster"));
          return true;
        });
      }
    });
  }

  test("that cannot be made says why, and the way out", async () => {
    await assert.rejects(obtainCookie(join(root, "none", "cookie"), identity), {
      code: "CONTROL_COOKIE",
      message: /no such file or directory.*; set RELEASE_COOKIE, or control\.cookieFile/u,
    });
  });
});

test("expandHome() puts the home of the user in place of ~", () => {
  assert.equal(expandHome("~/.kv.cookie"), join(homedir(), ".kv.cookie"));
  assert.equal(expandHome("/etc/~cookie"), "/etc/~cookie");
});
