import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { describeTour } from "./tour-text.ts";

const nodes = [
  { name: "east", pid: 1, port: 4040, respPort: 4041 },
  { name: "west", pid: 2, port: 4050, respPort: 4051 },
];
const servers = [undefined, undefined, undefined, 1].map((copyOf, place) => ({
  address: `127.0.0.1:${7000 + place}`,
  pid: 10 + place,
  folder: `/servers/${place}`,
  copyOf,
}));

suite("describeTour()", () => {
  for (const [program, client] of [
    ["redis-server", "redis-cli"],
    ["valkey-server", "valkey-cli"],
  ] as const) {
    test(`names the programs that are there with ${program}`, () => {
      const text = describeTour({ program, nodes, servers });
      assert.match(text, new RegExp(`^ {2}${client} -p 4051 HGET`, "mu"));
      assert.match(
        text,
        new RegExp(`^ {2}${program} /servers/1/redis.conf --daemonize yes$`, "mu"),
      );
    });
  }

  test("shows each replica below its primary, and breaks the primary that has the bucket", () => {
    const text = describeTour({ program: "redis-server", nodes, servers });
    assert.match(
      text,
      /primary {2}127\.0\.0\.1:7001 .*\n {4}replica {2}127\.0\.0\.1:7003 .*\n {2}primary/u,
    );
    assert.match(text, /^ {2}kill -9 11$/mu);
  });
});
