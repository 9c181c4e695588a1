import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ClusterError,
  type ClusterErrorCode,
  type ClusterFailures,
  isClusterError,
} from "./errors.ts";
import type { Refusal } from "./refusal.ts";

function said<Code extends ClusterErrorCode>(code: Code, details: ClusterFailures[Code]): string {
  return new ClusterError(code, details).message;
}

test("ClusterError says one line that begins in lower case", () => {
  const node = "bar@lab";
  const mayHaveBeenApplied = true;
  assert.equal(
    said("CLUSTER_NO_CONNECTION", { node, reason: undefined }),
    "no connection to bar@lab",
  );
  assert.equal(
    said("CLUSTER_NO_CONNECTION", { node, reason: "connection refused" }),
    "no connection to bar@lab: connection refused",
  );
  const late = { node, afterMs: 5000 };
  assert.equal(
    said("CLUSTER_NOT_ANSWERED", { ...late, mayHaveBeenApplied }),
    "bar@lab did not answer in 5000 ms; the write may have been applied",
  );
  assert.equal(
    said("CLUSTER_NOT_ANSWERED", { ...late, mayHaveBeenApplied: false }),
    "bar@lab did not answer in 5000 ms",
  );
  assert.equal(
    said("CLUSTER_SILENT", { node, silentMs: 3010, mayHaveBeenApplied }),
    "bar@lab did not answer: nothing was heard of it for 3 s; the write may have been applied",
  );
  assert.equal(
    said("CLUSTER_CONNECTION_LOST", { node, mayHaveBeenApplied }),
    "the connection to bar@lab was lost; the write may have been applied",
  );
});

test("ClusterError says of each refusal what is wrong", () => {
  const cases: readonly (readonly [Refusal, string])[] = [
    [{ type: "cookie" }, "bar@lab has another cookie"],
    [{ type: "certificate", fault: "shows no certificate" }, "bar@lab shows no certificate"],
    [{ type: "distrusted" }, "bar@lab does not accept this node's certificate"],
    [{ type: "tls" }, "bar@lab speaks TLS, this node does not"],
    [
      { type: "version", theirs: 2, ours: 1 },
      "bar@lab speaks version 2 of the node protocol, this node version 1",
    ],
    [
      { type: "name-kind", theirs: "long", ours: "short" },
      "bar@lab has a long name, this node a short one",
    ],
    [{ type: "duplicate", name: "foo@lab" }, "there are two nodes named foo@lab"],
    [
      { type: "other-node", meant: "bar@lab", found: "baz@lab" },
      "the node at the place of bar@lab is baz@lab",
    ],
    [{ type: "no-node" }, "bar@lab does not speak the node protocol"],
  ];
  for (const [refusal, text] of cases) {
    const message = said("CLUSTER_REFUSED", { node: "bar@lab", refusal });
    assert.equal(message, `no connection to bar@lab: ${text}`);
  }
});

test("isClusterError() tells codes apart", () => {
  const error: unknown = new ClusterError("CLUSTER_CONGESTED", { node: "bar@lab" });
  assert.ok(isClusterError(error, "CLUSTER_CONGESTED"));
  assert.ok(!isClusterError(error, "CLUSTER_TOO_LARGE"));
  assert.ok(!isClusterError(new Error("CLUSTER_CONGESTED"), "CLUSTER_CONGESTED"));
});
