/** Everything both servers know, played on both: ours and Debian's redis-server. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseBytes } from "../../harness/byte-text.ts";
import { bothServers } from "../servers/both-servers.ts";
import { withoutRedisServer } from "../servers/redis-server.ts";
import { showEnd } from "./comparison.ts";
import { Contender, type Version } from "./contender.ts";
import { type Difference, differences, streamDifferences } from "./differences.ts";
import { buckets } from "./families/buckets.ts";
import { bytes } from "./families/bytes.ts";
import { connection } from "./families/connection.ts";
import { expiry } from "./families/expiry.ts";
import { hashReads } from "./families/hash-reads.ts";
import { hashWrites } from "./families/hash-writes.ts";
import { limits } from "./families/limits.ts";
import { server } from "./families/server.ts";
import { type Arena, clear, type Disagreement, disagreements, unexplained } from "./play.ts";
import { parseLine } from "./script.ts";

const families = {
  ...hashWrites,
  ...hashReads,
  ...expiry,
  ...buckets,
  ...connection,
  ...server,
  ...limits,
};

suite("beside redis-server", { skip: withoutRedisServer }, () => {
  const servers = bothServers();

  const arena = (): Arena => ({ reference: servers.redis.port, ours: servers.ours.port });

  for (const version of [2, 3] as const) {
    for (const [name, family] of Object.entries(families)) {
      test(`${name}, RESP${version}`, async () => {
        const complaints: string[] = [];
        for (const [title, script] of Object.entries(family)) {
          const key = `${name}: ${title}`;
          const manner = { version, atOnce: false };
          const found = await disagreements(arena(), script.map(parseLine), manner);
          complaints.push(...complaintsAbout(key, found, knownOf(key, version)));
        }
        if (complaints.length > 0) assert.fail(complaints.join("\n"));
      });
    }
  }

  test("bytes and the end of the stream", async () => {
    const complaints: string[] = [];
    for (const [title, text] of Object.entries(bytes)) {
      const [theirs, own] = await Promise.all(
        [servers.redis.port, servers.ours.port].map((port) => replyText(port, parseBytes(text))),
      );
      const [known] = streamDifferences[title] ?? [];
      if (own === (known ?? theirs) && theirs !== known) continue;
      complaints.push(
        `${title}\n  ${text}\n    Redis ${theirs}\n    ours  ${own}\n    known ${known}`,
      );
    }
    if (complaints.length > 0) assert.fail(complaints.join("\n"));
  });

  test("every known difference is one of a script that is played", () => {
    const titles = new Set(
      Object.entries(families).flatMap(([name, family]) =>
        Object.keys(family).map((title) => `${name}: ${title}`),
      ),
    );
    assert.deepEqual(
      differences.filter(({ script }) => !titles.has(script)),
      [],
    );
    assert.deepEqual(
      Object.keys(streamDifferences).filter((title) => !(title in bytes)),
      [],
    );
  });
});

async function replyText(port: number, sent: Buffer): Promise<string> {
  await clear(port);
  await using contender = await Contender.connect(port, 2);
  return (await contender.playBytes(sent)).map(showEnd).join(" ");
}

function knownOf(key: string, version: Version): readonly Difference[] {
  return differences.filter(
    (known) => known.script === key && (known.version ?? version) === version,
  );
}

function complaintsAbout(
  key: string,
  found: readonly Disagreement[],
  known: readonly Difference[],
): readonly string[] {
  const { unknown, stale } = unexplained(found, known);
  return [
    ...unknown.map(
      ({ request, reference, ours }) =>
        `${key}\n  ${request}\n    Redis ${reference}\n    ours  ${ours}`,
    ),
    ...stale.map((request) => `${key}\n  ${request}\n    known as a difference, and is none`),
  ];
}
