import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Kv } from "@kv/kv";
import { FakeKv } from "../test/fake-kv.ts";
import { createTestDoor, SOMEBODY } from "../test/test-door.ts";
import { pieceOf } from "./piece.ts";
import { lineProtocol } from "./line/line-protocol.ts";
import { Lookahead } from "./lookahead.ts";
import { type PlainRequest, plainLimitBytes } from "./plain-request.ts";
import type { Decoder, Protocol } from "./protocol.ts";
import { respProtocol } from "./resp/resp-protocol.ts";

/** A request that is not plain, as the first on a line always is, and what the decoder says of it. */
const LINE = {
  protocol: lineProtocol,
  get: (key: string) => `GET b ${key}\r\n`,
  put: (key: string, value: string) => `PUT b ${key} ${value}\r\n`,
  other: { bytes: "DELETE b k\r\n", type: "delete" },
  broken: { bytes: "NOPE\r\n", type: "unknown-command" },
};

const RESP: typeof LINE = {
  protocol: respProtocol,
  get: (key) => respOf("HGET", "b", key),
  put: (key, value) => respOf("HSET", "b", key, value),
  other: { bytes: respOf("HDEL", "b", "k"), type: "delete" },
  broken: { bytes: "*1\r\n$-7\r\n", type: "leave" },
};

function respOf(...words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}

interface Scene {
  readonly decoder: Decoder;
  readonly lookahead: Lookahead;
  /** The keys that the store was told of, call by call. */
  readonly foreseen: readonly (readonly string[])[];
}

/** A connection whose first request, which no protocol takes in advance, has been carried out. */
function open(protocol: Protocol): Scene {
  const decoder = protocol.createDecoder(createTestDoor(new FakeKv(), protocol), SOMEBODY);
  const foreseen: string[][] = [];
  const foresee: Kv["foresee"] = (keys, count) => {
    foreseen.push(keys.slice(0, count).map(keyOf));
  };
  const lookahead = new Lookahead(decoder, { foresee });
  decoder.feed(pieceOf(Buffer.from("x\r\n")));
  assert.equal(lookahead.next(), undefined);
  assert.notEqual(decoder.next(), undefined);
  lookahead.keep();
  return { decoder, lookahead, foreseen };
}

function keyOf({ bytes, start, end }: Pick<PlainRequest, "bytes" | "start" | "end">): string {
  return Buffer.from(bytes.slice(start, end)).toString();
}

function told(plain: PlainRequest | undefined): string | undefined {
  if (plain === undefined) return undefined;
  const value = Buffer.from(plain.bytes.slice(plain.valueStart, plain.valueEnd)).toString();
  return `${plain.type} ${Buffer.from(plain.bucket).toString()} ${keyOf(plain)} ${value}`;
}

for (const [name, words] of Object.entries({ LINE, RESP })) {
  const { protocol, get, put, other, broken } = words;
  const feed = ({ decoder }: Scene, text: string): Uint8Array => {
    const bytes = Buffer.from(text);
    decoder.feed(pieceOf(bytes));
    return bytes;
  };

  suite(`${name}: Lookahead`, () => {
    test("takes gets and puts in order, and tells the store of them together", () => {
      const scene = open(protocol);
      feed(scene, get("one") + put("two", "2") + get("three"));
      assert.equal(told(scene.lookahead.next()), "get b one ");
      assert.deepEqual(scene.foreseen, [["one", "two", "three"]]);
      assert.equal(told(scene.lookahead.next()), "put b two 2");
      assert.equal(told(scene.lookahead.next()), "get b three ");
      assert.equal(scene.lookahead.next(), undefined);
      assert.equal(scene.decoder.next(), undefined);
      assert.equal(scene.lookahead.keep(), 0);
    });

    test("takes no more than some at a time, and tells of no single one", () => {
      const scene = open(protocol);
      const keys = Array.from({ length: 17 }, (_, index) => `k${index}`);
      feed(scene, keys.map(get).join(""));
      for (const key of keys) assert.equal(told(scene.lookahead.next()), `get b ${key} `);
      assert.deepEqual(scene.foreseen, [keys.slice(0, 16)]);
      assert.equal(scene.lookahead.next(), undefined);
    });

    for (const { bytes, type } of [other, broken]) {
      test(`leaves ${type} to the decoder, behind what comes before it`, () => {
        const scene = open(protocol);
        feed(scene, get("one") + bytes + get("two"));
        assert.equal(told(scene.lookahead.next()), "get b one ");
        assert.equal(scene.lookahead.next(), undefined);
        assert.equal(scene.decoder.next()?.type, type);
        if (type !== "leave") assert.equal(told(scene.lookahead.next()), "get b two ");
      });

      test(`keeps what was taken, and ${type} behind it, in memory of its own`, () => {
        const scene = open(protocol);
        const lent = feed(scene, get("one") + put("two", "2") + put("three", "3") + bytes);
        assert.equal(told(scene.lookahead.next()), "get b one ");
        assert.ok(scene.lookahead.keep() > 0);
        lent.fill(0x2a);
        assert.ok(scene.lookahead.keep() > 0);
        assert.equal(told(scene.lookahead.next()), "put b two 2");
        scene.lookahead.keep();
        feed(scene, get("four"));
        assert.equal(told(scene.lookahead.next()), "put b three 3");
        assert.equal(scene.lookahead.next(), undefined);
        assert.equal(scene.decoder.next()?.type, type);
        if (type !== "leave") assert.equal(told(scene.lookahead.next()), "get b four ");
      });
    }

    test("leaves what is long to the decoder", () => {
      const scene = open(protocol);
      const value = "v".repeat(plainLimitBytes);
      feed(scene, get("one") + put("two", value) + get("three"));
      assert.equal(told(scene.lookahead.next()), "get b one ");
      assert.equal(scene.lookahead.next(), undefined);
      const request = scene.decoder.next();
      assert.ok(request?.type === "put" && request.fields[0]?.value.length === value.length);
      assert.equal(told(scene.lookahead.next()), "get b three ");
    });

    test("waits for the rest of a request that is cut", () => {
      const scene = open(protocol);
      const cut = put("two", "2");
      feed(scene, get("one") + cut.slice(0, -3));
      assert.equal(told(scene.lookahead.next()), "get b one ");
      assert.equal(scene.lookahead.next(), undefined);
      assert.equal(scene.decoder.next(), undefined);
      assert.ok(scene.lookahead.keep() > 0);
      feed(scene, cut.slice(-3));
      assert.equal(told(scene.lookahead.next()), "put b two 2");
    });
  });
}
