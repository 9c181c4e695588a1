import assert from "node:assert/strict";
import { test } from "node:test";
import { Crowd } from "./crowd.ts";

test("Crowd says that there is one at most when all who count say so, and somebody does", () => {
  const crowd = new Crowd();
  assert.equal(crowd.isAtMostOne, false);
  let clients = 1;
  const leave = crowd.add(() => clients);
  assert.equal(crowd.isAtMostOne, true);
  const unlink = crowd.add(() => 1);
  assert.equal(crowd.isAtMostOne, false);
  clients = 0;
  assert.equal(crowd.isAtMostOne, true);
  leave();
  assert.equal(crowd.isAtMostOne, true);
  unlink();
  assert.equal(crowd.isAtMostOne, false);
});

test("Crowd takes one link for many clients", () => {
  const crowd = new Crowd();
  let links = 0;
  crowd.addLinks(() => links);
  crowd.add(() => 0);
  assert.equal(crowd.isAtMostOne, true);
  links = 1;
  assert.equal(crowd.isAtMostOne, false);
});
