import assert from "node:assert/strict";
import { test } from "node:test";
import { KvError, StorageError } from "@kv/kv";
import { isRequestFailure, refusalOf } from "./refusal.ts";

const disk = { path: "/secret/place", reason: "EIO: i/o error" };
const full = Object.assign(new Error("no space"), { code: "ENOSPC" });

test("refusalOf() passes on the reason of a request that cannot be routed", () => {
  const failure = new KvError("KV_NO_CONNECTION", { node: "bar@host" });
  assert.equal(refusalOf(failure, "write").reason, "no connection to bar@host");
});

test("refusalOf() says of a write whether it was applied", () => {
  const sure = refusalOf(new StorageError("STORAGE_READ_ONLY", disk), "write").reason;
  assert.equal(sure, "the write was not applied: the node takes no writes");
  const unsure = refusalOf(new StorageError("STORAGE_WRITE_UNKNOWN", disk), "write").reason;
  assert.match(unsure, /^the write may have been applied: /u);
});

test("refusalOf() does not speak of writes to somebody who read", () => {
  for (const code of ["STORAGE_READ_ONLY", "STORAGE_WRITE_UNKNOWN"] as const) {
    const { reason } = refusalOf(new StorageError(code, disk), "read");
    assert.match(reason, /^what was read may not last/u);
  }
});

test("refusalOf() tells clients that a disk is full, and never a path", () => {
  const failure = new StorageError("STORAGE_READ_ONLY", disk, { cause: full });
  const { reason } = refusalOf(failure, "write");
  assert.equal(reason, "the write was not applied: the node takes no writes (disk full)");
  assert.doesNotMatch(reason, /secret/u);
});

test("isRequestFailure() knows what has a reply from what is a bug", () => {
  assert.ok(isRequestFailure(new StorageError("STORAGE_NOT_OPEN", { path: "x" })));
  assert.ok(isRequestFailure(new KvError("KV_NO_ROUTE", { bucket: '"x"' })));
  assert.ok(!isRequestFailure(new TypeError("x is not a function")));
  assert.ok(!isRequestFailure(undefined));
});

test("refusalOf() says of several writes that one of them failed", () => {
  const failure = new KvError("KV_NO_CONNECTION", { node: "bar@host" });
  const { reason } = refusalOf(failure, "writes");
  assert.equal(reason, "no connection to bar@host; the others may have been changed");
});

test("refusalOf() passes on what became of a request to a cluster", () => {
  const reason = "no answer in 5000 ms";
  const unsure = refusalOf(new StorageError("STORAGE_UNANSWERED", { reason }), "write").reason;
  assert.equal(unsure, "no answer in 5000 ms; the write may have been applied");
  const sure = refusalOf(new StorageError("STORAGE_UNAVAILABLE", { reason: "no quorum" }), "read");
  assert.equal(sure.reason, "Cannot reach the replicated store: no quorum");
});
