import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockArena, type BlockRef } from "./block-arena.ts";
import { ChainHeads } from "./chain-heads.ts";
import { CHAIN_TABLE_BYTES, ChainTable } from "./chain-table.ts";

const MANY = 300_000;
/** Up to 128 heads copied at once, and a chain or two. */
const STEP_LIMIT_SLOTS = 160;

function openTable() {
  const arena = new BlockArena();
  const heads = new ChainHeads(arena);
  const table = new ChainTable({ arena, heads, link: 0, table: 0 });
  const openOwner = (): BlockRef => {
    const owner = arena.allocate(CHAIN_TABLE_BYTES);
    table.open(owner);
    return owner;
  };
  const addRecord = (owner: BlockRef, hash: number): BlockRef => {
    const record = arena.allocate(8);
    table.add(owner, record, hash);
    return record;
  };
  return { arena, heads, table, openOwner, addRecord };
}

function hashOf(number: number): number {
  const mixed = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
}

function recordsOf(table: ChainTable, owner: BlockRef): readonly BlockRef[] {
  const records: BlockRef[] = [];
  for (let chain = 0; chain < table.chains(owner); chain++) {
    for (let at = table.head(owner, chain); at !== 0; at = table.next(at)) records.push(at);
  }
  return records;
}

test("ChainTable moves a few slots a step and stays dense, growing to 300,000 and shrinking", () => {
  const { table, heads, openOwner, addRecord } = openTable();
  const owner = openOwner();
  const records: BlockRef[] = [];
  for (let count = 1; count <= MANY; count++) {
    records.push(addRecord(owner, hashOf(count)));
    assert.ok(count <= Math.max(8, table.chains(owner) + 1));
  }
  assert.ok(table.longestStepSlots <= STEP_LIMIT_SLOTS, String(table.longestStepSlots));
  assert.ok(heads.memoryBytes >= 4 * MANY && heads.memoryBytes < 4 * MANY + 2 ** 19);
  assert.equal(new Set(recordsOf(table, owner)).size, MANY);
  for (const record of records) {
    table.remove(owner, record);
    const dense = Math.max(8, 2 * table.count(owner));
    assert.ok(table.chains(owner) <= dense && heads.memoryBytes <= 4 * dense + 2 ** 19);
  }
  assert.ok(table.longestStepSlots <= STEP_LIMIT_SLOTS, String(table.longestStepSlots));
  assert.deepEqual([table.count(owner), table.chains(owner), heads.memoryBytes], [0, 1, 0]);
});

test("first() leads to every record of a hash, and ownerOf() back to its table, at every size", () => {
  const { table, openOwner, addRecord } = openTable();
  const owners = [openOwner(), openOwner(), openOwner()] as const;
  const records = new Map<BlockRef, readonly [owner: BlockRef, hash: number]>();
  const check = (): void => {
    for (const [record, [owner, hash]] of records) {
      let at = table.first(owner, hash);
      while (at !== 0 && at !== record) at = table.next(at);
      assert.equal(at, record);
      assert.equal(table.hash(record), hash);
      assert.equal(table.ownerOf(record), owner);
    }
  };
  let added = 0;
  for (const size of [900, 0, 20, 3, 200, 90, 180, 60, 700, 20, 300, 0]) {
    for (; records.size < size; added++) {
      const owner = owners[added % 10 === 0 ? 0 : added % 100 === 1 ? 1 : 2];
      records.set(addRecord(owner, hashOf(added)), [owner, hashOf(added)]);
      if (records.size < 40 || records.size % 37 === 0) check();
    }
    for (const [record, [owner]] of records) {
      if (records.size <= size) break;
      records.delete(record);
      table.remove(owner, record);
      if (records.size < 40 || records.size % 37 === 0) check();
    }
  }
  assert.deepEqual(
    owners.map((owner) => table.count(owner)),
    [0, 0, 0],
  );
});

test("shift(), unlink() and close() take a table apart, chains and heads staying till the end", () => {
  const { arena, heads, table, openOwner, addRecord } = openTable();
  for (const size of [1, 5, 9, 100, 128, 129, 1000]) {
    const owner = openOwner();
    const records = Array.from({ length: size }, (_, index) => addRecord(owner, hashOf(index)));
    const chains = table.chains(owner);
    const left = new Set(records);
    for (let chain = 0; chain < chains; chain += 2) {
      for (let at = table.shift(owner, chain); at !== 0; at = table.shift(owner, chain)) {
        assert.ok(left.delete(at));
      }
    }
    for (const record of left) table.unlink(owner, record);
    assert.deepEqual([table.count(owner), table.chains(owner)], [0, chains]);
    table.close(owner);
    assert.equal(heads.memoryBytes, 0);
  }
  assert.equal(arena.memoryBytes, new BlockArena().memoryBytes);
});

test("add() needs no heads for up to eight records, and no array of its own for up to 128", () => {
  const { arena, heads, table, openOwner, addRecord } = openTable();
  const owner = openOwner();
  const { length } = arena.words;
  for (let count = 1; count <= 8; count++) addRecord(owner, hashOf(count));
  assert.equal(table.chains(owner), 1);
  for (let count = 9; count <= 128; count++) addRecord(owner, hashOf(count));
  assert.deepEqual([heads.memoryBytes, arena.words.length], [0, length]);
});

test("add() and remove() to and fro over an edge soon split and join nothing any more", () => {
  const { table, openOwner, addRecord } = openTable();
  for (const size of [8, 9, 16, 128, 129, 256]) {
    const owner = openOwner();
    for (let count = 1; count < size; count++) addRecord(owner, hashOf(count));
    const goToAndFro = (): void => table.remove(owner, addRecord(owner, hashOf(size)));
    for (let round = 0; round < 3; round++) goToAndFro();
    const chains = table.chains(owner);
    for (let round = 0; round < 5; round++) goToAndFro();
    assert.equal(table.chains(owner), chains);
  }
});
