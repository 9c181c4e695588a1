/** Two servers that let nobody in without a password. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { hashPassword } from "@kv/kv-server";
import { parseBytes } from "../../harness/byte-text.ts";
import { type OurServer, startOurServer } from "../servers/our-server.ts";
import { type RedisServer, startRedisServer, withoutRedisServer } from "../servers/redis-server.ts";
import { showEnd } from "./comparison.ts";
import { Contender } from "./contender.ts";
import { authentication, strangersBytes } from "./families/authentication.ts";
import { disagreements } from "./play.ts";
import { parseLine } from "./script.ts";

const login = { username: "alice", password: "sesame" };

suite("beside redis-server, with users", { skip: withoutRedisServer }, () => {
  let redis: RedisServer;
  let ours: OurServer;

  before(async () => {
    redis = await startRedisServer(["user default off >secret", "user alice on >sesame ~* +@all"]);
    ours = await startOurServer({ users: { alice: await hashPassword("sesame") } });
  });
  after(async () => {
    await redis[Symbol.asyncDispose]();
    await ours[Symbol.asyncDispose]();
  });

  for (const [title, script] of Object.entries(authentication)) {
    test(title, async () => {
      const arena = { reference: redis.port, ours: ours.port, login };
      const found = await disagreements(arena, script.map(parseLine), {
        version: 2,
        atOnce: false,
      });
      assert.deepEqual(found, []);
    });
  }

  for (const [title, text] of Object.entries(strangersBytes)) {
    test(`bytes: ${title}`, async () => {
      const [theirs, own] = await Promise.all(
        [redis.port, ours.port].map(async (port) => {
          await using contender = await Contender.connect(port, 2);
          return (await contender.playBytes(parseBytes(text))).map(showEnd).join(" ");
        }),
      );
      assert.equal(own, theirs);
    });
  }
});
