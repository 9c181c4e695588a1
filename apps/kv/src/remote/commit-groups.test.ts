import assert from "node:assert/strict";
import { test } from "node:test";
import { CommitGroups, type GroupMember } from "./commit-groups.ts";

/** Writes down what it is told, where all members of a test do. */
class Member implements GroupMember {
  readonly #name: string;
  readonly #told: unknown[];

  constructor(name: string, told: unknown[]) {
    this.#name = name;
    this.#told = told;
  }

  durable(): void {
    this.#told.push(this.#name);
  }

  notDurable(error: unknown): void {
    this.#told.push([this.#name, error]);
  }
}

function noBug(error: unknown): void {
  assert.fail(String(error));
}

test("CommitGroups tells the members of a group when it is durable, in order, and no others", async () => {
  const groups = new CommitGroups(noBug);
  const told: unknown[] = [];
  const one = Promise.withResolvers<void>();
  const other = Promise.withResolvers<void>();
  for (const name of ["a", "b", "c"]) {
    groups.add(one.promise, new Member(name, told));
    groups.add(other.promise, new Member(name.toUpperCase(), told));
  }
  assert.equal(groups.size, 2);
  other.resolve();
  await other.promise;
  assert.deepEqual(told, ["A", "B", "C"]);
  one.resolve();
  await one.promise;
  assert.deepEqual(told, ["A", "B", "C", "a", "b", "c"]);
  assert.equal(groups.size, 0);
});

test("CommitGroups tells the members of a group why it is not durable", async () => {
  const groups = new CommitGroups(noBug);
  const told: unknown[] = [];
  const group = Promise.withResolvers<void>();
  groups.add(group.promise, new Member("a", told));
  const error = new Error("the disk is gone");
  group.reject(error);
  await assert.rejects(group.promise);
  assert.deepEqual(told, [["a", error]]);
  assert.equal(groups.size, 0);
});

test("CommitGroups listens once to a group, however many wait for it", async (t) => {
  const groups = new CommitGroups(noBug);
  const told: unknown[] = [];
  const group = Promise.withResolvers<void>();
  const { mock } = t.mock.method(group.promise, "then");
  for (let number = 0; number < 100; number++) {
    groups.add(group.promise, new Member(String(number), told));
  }
  assert.equal(mock.callCount(), 1);
  group.resolve();
  await group.promise;
  assert.equal(told.length, 100);
});

test("CommitGroups tells a member of a group that was durable before it came", async () => {
  const groups = new CommitGroups(noBug);
  const told: unknown[] = [];
  const group = Promise.resolve();
  for (const name of ["a", "b"]) {
    groups.add(group, new Member(name, told));
    await new Promise(setImmediate);
  }
  assert.deepEqual(told, ["a", "b"]);
});

test("CommitGroups tells the other members when one throws, and reports that", async () => {
  const bugs: unknown[] = [];
  const groups = new CommitGroups((error) => void bugs.push(error));
  const told: unknown[] = [];
  const bug = new Error("a bug of the member");
  const group = Promise.withResolvers<void>();
  const thrower = {
    durable: () => {
      throw bug;
    },
    notDurable: noBug,
  };
  groups.add(group.promise, thrower);
  groups.add(group.promise, new Member("b", told));
  group.resolve();
  await group.promise;
  assert.deepEqual([told, bugs], [["b"], [bug]]);
});
