import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type OurServer, startOurServer } from "../servers/our-server.ts";
import type { Visit } from "./glide-visit.ts";
import { login, usersOf } from "./login.ts";
import { runGlide, see } from "./see-glide.ts";

suite("valkey-glide", () => {
  let ours: OurServer;

  before(async () => {
    ours = await startOurServer();
  });
  after(async () => {
    await ours[Symbol.asyncDispose]();
  });

  for (const protocol of [2, 3] as const) {
    test(`connects, does all it can with hashes, and ends, RESP${protocol}`, async () => {
      const name = `visit${protocol}`;
      const sight = await see({ port: ours.port, protocol, name });
      assert.deepEqual(sight.hash, [
        2,
        "1",
        null,
        ["eggs=x", "milk=1"],
        [],
        ["1", null],
        42,
        true,
        2,
        2,
        false,
        1,
        "hash",
        1,
      ]);
      assert.equal(sight.bytes, true);
      assert.deepEqual(sight.pipeline, [1, "7", 200]);
      assert.deepEqual(sight.scanned, [`${name}-bytes`, `${name}-hash`, `${name}-many`]);
      assert.deepEqual(
        sight.scannedKeys,
        Array.from({ length: 10 }, (_, n) => `k1${n}`),
      );
      assert.match(sight.error, /hash value is not an integer/u);
      assert.deepEqual(sight.times, [true, true, true, -1]);
      assert.match(sight.who, / name=visitor /u);
      assert.match(sight.who, new RegExp(` resp=${protocol}(?![0-9])`, "u"));
      assert.equal(sight.reconnected, true);
    });
  }

  test("logs in", async () => {
    await using closed = await startOurServer({ users: await usersOf(login) });
    const visit: Visit = { port: closed.port, protocol: 3, name: "visit" };
    const sight = await see({ ...visit, credentials: login });
    assert.equal(sight.bytes, true);

    const wrong = await runGlide({ ...visit, credentials: { ...login, password: "x" } });
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.stderr, /WRONGPASS|AuthenticationFailed|Password authentication failed/iu);
  });
});
