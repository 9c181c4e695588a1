import assert from "node:assert/strict";
import { test } from "node:test";
import { isKvError } from "../errors.ts";
import { failureOfLink } from "./link-failure.ts";
import { nodeNamed } from "./testing/any-part.ts";
import { linkError } from "./testing/scripted-link.ts";

const node = nodeNamed("bar@lab");

test("failureOfLink() tells for how long nothing was heard of a node, and what that means for a write", () => {
  const silence = "bar@lab did not answer: nothing was heard of it for 3 s";
  for (const [isWrite, wasSent, message] of [
    [false, true, silence],
    [true, false, silence],
    [true, true, `${silence}; the write may have been applied`],
  ] as const) {
    const error = linkError("CLUSTER_SILENT", { silentMs: 3010, mayHaveBeenApplied: wasSent });
    const failure = failureOfLink(error, { node, timeoutMs: 5000, isWrite });
    assert.ok(isKvError(failure, "KV_SILENT"));
    assert.equal(failure.message, message);
    assert.equal(failure.cause, error);
  }
});
