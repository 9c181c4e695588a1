import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockArena } from "./block-arena.ts";
import { ChainHeads } from "./chain-heads.ts";

const FEWEST = 8;

test("grow() and shrink() keep every head, over all sizes and back", () => {
  for (const most of [16, 17, 128, 129, 256, 257, 65_536, 65_537, 300_000]) {
    const heads = new ChainHeads(new BlockArena());
    let ref = heads.create(FEWEST);
    for (let chain = 0; chain < FEWEST; chain++) heads.set(ref, FEWEST, chain, chain + 1);
    for (let chains = FEWEST; chains < most; chains++) {
      ref = heads.grow(ref, chains);
      assert.equal(heads.get(ref, chains + 1, chains), 0);
      heads.set(ref, chains + 1, chains, chains + 1);
    }
    for (let chain = 0; chain < most; chain++) assert.equal(heads.get(ref, most, chain), chain + 1);
    for (let chains = most; chains > FEWEST; chains--) {
      assert.equal(heads.get(ref, chains, chains >> 1), (chains >> 1) + 1);
      heads.set(ref, chains, chains - 1, 0);
      ref = heads.shrink(ref, chains);
    }
    for (let chain = 0; chain < FEWEST; chain++) {
      assert.equal(heads.get(ref, FEWEST, chain), chain + 1);
    }
    assert.equal(heads.memoryBytes, 0);
  }
});

test("release() and shrink() leave nothing behind that is not used again", () => {
  const arena = new BlockArena();
  const heads = new ChainHeads(arena);
  const refs = new Set<number>();
  for (let round = 0; round < 3000; round++) {
    let ref = heads.create(FEWEST);
    const most = round % 3 === 0 ? 200 : 100;
    for (let chains = FEWEST; chains < most; chains++) ref = heads.grow(ref, chains);
    if (round % 3 === 0) refs.add(ref);
    if (round % 2 === 0) heads.release(ref, most);
    else {
      for (let chains = most; chains > FEWEST; chains--) ref = heads.shrink(ref, chains);
      heads.release(ref, FEWEST);
    }
  }
  assert.equal(refs.size, 1);
  assert.deepEqual([heads.memoryBytes, arena.memoryBytes], [0, new BlockArena().memoryBytes]);
});

test("create() makes empty heads for any number of chains, which grow and shrink as others do", () => {
  for (const chains of [8, 16, 17, 128, 129, 256, 257, 1000, 65_536, 65_537, 200_000]) {
    const heads = new ChainHeads(new BlockArena());
    let ref = heads.create(chains);
    for (let chain = 0; chain < chains; chain++) {
      assert.equal(heads.get(ref, chains, chain), 0);
      heads.set(ref, chains, chain, chain + 1);
    }
    ref = heads.grow(ref, chains);
    heads.set(ref, chains + 1, chains, chains + 1);
    for (let left = chains + 1; left > FEWEST; left--) {
      assert.equal(heads.get(ref, left, left - 1), left);
      ref = heads.shrink(ref, left);
    }
    heads.release(ref, FEWEST);
    assert.equal(heads.memoryBytes, 0);
  }
});
