import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Operation } from "../data/traffic.ts";
import { buildRequests } from "./request-pool.ts";

const GET = /^GET bench-[0-7] key:00000\d{3}\r\n$/u;
const PUT = /^PUT bench-[0-7] key:00000\d{3} [!-~]{16,128}\r\n$/u;

const drawn = Uint32Array.from({ length: 500 }, (_, at) => (at * 7) % 1_000);

function requestsOf(operation: Operation): readonly string[] {
  const { bytes, offsets, count } = buildRequests(operation, drawn, 3);
  return Array.from({ length: count }, (_, at) =>
    Buffer.from(bytes.subarray(offsets[at], offsets[at + 1])).toString("latin1"),
  );
}

suite("buildRequests()", () => {
  test("makes one line for each get", () => {
    for (const request of requestsOf("get")) assert.match(request, GET);
  });

  test("makes one line for each put", () => {
    for (const request of requestsOf("put")) assert.match(request, PUT);
  });

  test("mixes as many of both", () => {
    const requests = requestsOf("mixed");
    assert.equal(requests.filter((request) => GET.test(request)).length, 250);
    assert.equal(requests.filter((request) => PUT.test(request)).length, 250);
  });

  test("asks for a key in its bucket", () => {
    for (const request of requestsOf("get")) {
      const { bucket, key } = /bench-(?<bucket>\d) key:(?<key>\d+)/u.exec(request)?.groups ?? {};
      assert.equal(Number(key) % 8, Number(bucket));
    }
  });
});
