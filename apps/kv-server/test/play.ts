import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kv } from "@kv/kv";
import { DataClient, type DataClientOptions } from "./data-client.ts";
import { FakeKv } from "./fake-kv.ts";
import { FakeOwner } from "./fake-owner.ts";
import { openMemoryKv } from "./open-kv.ts";

/** A request, in words with a space between, and its whole reply; in RESP3 the third where that differs. */
export type Exchange = readonly [request: string, reply: string, reply3?: string];

/** A test of each version of RESP, over buckets that are made up, also as those of another node, and over the real ones. */
export function testExchange(name: string, exchanges: readonly Exchange[]): void {
  for (const version of [2, 3] as const) {
    test(`${name}, RESP${version}`, async () => {
      await play(new FakeKv(), exchanges, { version });
      await play(createFarKv(), exchanges, { version });
      await using memory = await openMemoryKv();
      await play(memory.kv, exchanges, { version });
    });
  }
}

/** Buckets that are all on another node, which answers at once. */
function createFarKv(): FakeKv {
  const kv = new FakeKv();
  const owner = new FakeOwner();
  owner.isPrompt = true;
  kv.ownerOf = () => owner;
  return kv;
}

/** Asks for one thing after the other. `''` is an empty word. */
export async function play(
  kv: Kv,
  exchanges: readonly Exchange[],
  options: DataClientOptions,
): Promise<void> {
  const client = new DataClient(kv, options);
  for (const [request, reply, reply3 = reply] of exchanges) {
    const words = request.split(" ").map((word) => (word === "''" ? "" : word));
    const expected = options.version === 3 ? reply3 : reply;
    assert.equal(await client.ask(...words), expected, request);
  }
}
