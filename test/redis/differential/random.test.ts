import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { chooseSeed } from "../../harness/random.ts";
import { bothServers } from "../servers/both-servers.ts";
import { withoutRedisServer } from "../servers/redis-server.ts";
import { showBytes } from "../../harness/byte-text.ts";
import { showEnd } from "./comparison.ts";
import { Contender } from "./contender.ts";
import { type Disagreement, disagreements, type Manner, showWords } from "./play.ts";
import { randomLine, randomScript } from "./random-script.ts";
import type { Words } from "./script.ts";

/** Scripts for each manner; every one is a dozen requests on both servers. */
const RUNS = 60;

const manners: readonly Manner[] = [
  { version: 2, atOnce: false },
  { version: 3, atOnce: false },
  { version: 2, atOnce: true },
  { version: 3, atOnce: true },
];

suite("beside redis-server, at random", { skip: withoutRedisServer }, () => {
  const servers = bothServers();

  for (const manner of manners) {
    const { version, atOnce } = manner;
    test(`RESP${version}, ${atOnce ? "all at once" : "one after the other"}`, async (t) => {
      const seed = chooseSeed();
      t.diagnostic(`seed ${seed}`);
      const arena = { reference: servers.redis.port, ours: servers.ours.port };
      const script = randomScript({ hasScans: !atOnce, maxLength: 40 });
      const property = fc.asyncProperty(script, async (requests) => {
        const found = await disagreements(arena, requests, manner);
        if (found.length > 0) assert.fail(show(found, requests));
      });
      await fc.assert(property, { seed, numRuns: RUNS });
    });
  }

  test("inline words", async (t) => {
    const seed = chooseSeed();
    t.diagnostic(`seed ${seed}`);
    const property = fc.asyncProperty(randomLine, async (line) => {
      const [theirs, own] = await Promise.all(
        [servers.redis.port, servers.ours.port].map(async (port) => {
          await using contender = await Contender.connect(port, 2);
          return (await contender.playBytes(line)).map(showEnd).join(" ");
        }),
      );
      assert.equal(own, theirs, showBytes(line));
    });
    await fc.assert(property, { seed, numRuns: 5 * RUNS });
  });
});

function show(found: readonly Disagreement[], script: readonly Words[]): string {
  const points = found.map(
    ({ request, reference, ours }) => `${request}\n  Redis ${reference}\n  ours  ${ours}`,
  );
  return `${points.join("\n")}\nin the script\n${script.map(showWords).join("\n")}`;
}
