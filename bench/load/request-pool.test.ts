import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Operation } from "../data/traffic.ts";
import { type ProtocolName, protocols } from "./protocols.ts";
import { buildRequests } from "./request-pool.ts";

const drawn = Uint32Array.from({ length: 500 }, (_, at) => (at * 7) % 1_000);

/** Each request on its own, in the words that it is made of. */
const wordsOf: Readonly<Record<ProtocolName, (request: string) => readonly string[]>> = {
  line: (request) => {
    assert.ok(request.endsWith("\r\n"));
    return request.slice(0, -2).split(" ");
  },
  resp: (request) => {
    const [head = "", ...lines] = request.split("\r\n");
    assert.equal(lines.pop(), "", "it ends with the end of a line");
    const words = lines.filter((_, at) => at % 2 === 1);
    assert.equal(head, `*${words.length}`);
    assert.deepEqual(
      lines.filter((_, at) => at % 2 === 0),
      words.map((word) => `$${word.length}`),
    );
    return words;
  },
};

const verbs = {
  line: { get: "GET", put: "PUT" },
  resp: { get: "HGET", put: "HSET" },
} as const;

function requestsOf(name: ProtocolName, operation: Operation): readonly (readonly string[])[] {
  const { bytes, offsets, count } = buildRequests(protocols[name].grammar, {
    operation,
    drawn,
    seed: 3,
  });
  assert.equal(offsets[count], bytes.length);
  return Array.from({ length: count }, (_, at) =>
    wordsOf[name](Buffer.from(bytes.subarray(offsets[at], offsets[at + 1])).toString("latin1")),
  );
}

for (const name of ["line", "resp"] as const) {
  const { get, put } = verbs[name];

  suite(`buildRequests() of the protocol ${name}`, () => {
    test("asks for each of the keys drawn, in its bucket", () => {
      const expected = [...drawn].map((index) => [
        get,
        `bench-${index % 8}`,
        `key:${String(index).padStart(8, "0")}`,
      ]);
      assert.deepEqual(requestsOf(name, "get"), expected);
    });

    test("puts values of 16 to 128 printable bytes", () => {
      for (const [verb, bucket, key, value, ...rest] of requestsOf(name, "put")) {
        assert.equal(verb, put);
        assert.match(bucket ?? "", /^bench-[0-7]$/u);
        assert.match(key ?? "", /^key:00000\d{3}$/u);
        assert.match(value ?? "", /^[!-~]{16,128}$/u);
        assert.deepEqual(rest, []);
      }
    });

    test("mixes as many of both", () => {
      const seen = requestsOf(name, "mixed").map(([verb]) => verb);
      assert.equal(seen.filter((verb) => verb === get).length, 250);
      assert.equal(seen.filter((verb) => verb === put).length, 250);
    });
  });
}
