import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { type OurServer, startOurServer } from "../servers/our-server.ts";
import { showEnd } from "./comparison.ts";
import { Contender } from "./contender.ts";
import { hashFieldExpiry } from "./hash-field-expiry.ts";
import { clear } from "./play.ts";
import { parseLine } from "./script.ts";

suite("H*EXPIRE as Redis 7.4 documents it, beside no server", () => {
  let ours: OurServer;

  before(async () => {
    ours = await startOurServer();
  });
  after(async () => {
    await ours[Symbol.asyncDispose]();
  });

  for (const version of [2, 3] as const) {
    for (const [title, script] of Object.entries(hashFieldExpiry)) {
      test(`${title}, RESP${version}`, async () => {
        await clear(ours.port);
        await using contender = await Contender.connect(ours.port, version);
        for (const [line, expected] of script) {
          const reply = showEnd(await contender.play(parseLine(line)));
          if (typeof expected === "string") assert.equal(reply, expected, line);
          else assert.match(reply, expected, line);
        }
      });
    }
  }
});
