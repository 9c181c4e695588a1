import assert from "node:assert/strict";
import { test } from "node:test";
import { KvError, type KvErrorCode, type KvFailures } from "./errors.ts";

const node = "bar@host";

/** The line a client is told for each failure; of those that may be about a write, in both forms. */
const TOLD: { readonly [Code in KvErrorCode]: readonly (readonly [KvFailures[Code], string])[] } = {
  KV_NO_ROUTE: [[{ bucket: '"S"' }, 'could not find entry for "S" in the routing table']],
  KV_NO_CONNECTION: [[{ node }, "no connection to bar@host"]],
  KV_REFUSED: [
    [
      { node, reason: "no connection to bar@host: bar@host has another cookie" },
      "no connection to bar@host: bar@host has another cookie",
    ],
  ],
  KV_NO_STORE: [[{ node }, "the store of bar@host is not open"]],
  KV_NOT_ANSWERED: [
    [{ node, timeoutMs: 5000, mayHaveBeenApplied: false }, "bar@host did not answer in 5000 ms"],
    [
      { node, timeoutMs: 5000, mayHaveBeenApplied: true },
      "bar@host did not answer in 5000 ms; the write may have been applied",
    ],
  ],
  KV_SILENT: [
    [
      { node, silentMs: 3049, mayHaveBeenApplied: false },
      "bar@host did not answer: nothing was heard of it for 3 s",
    ],
    [
      { node, silentMs: 3050, mayHaveBeenApplied: true },
      "bar@host did not answer: nothing was heard of it for 3.1 s; the write may have been applied",
    ],
  ],
  KV_CONNECTION_LOST: either("the connection to bar@host was lost"),
  KV_CONGESTED: [[{ node }, "too much waits to be sent to bar@host"]],
  KV_REQUEST_TOO_LARGE: [[{ node }, "the request is too large to be sent to bar@host"]],
  KV_ANSWER_TOO_LARGE: either("the answer of bar@host is too large to be sent"),
  KV_TOO_LATE: [[{ node }, "the request reached bar@host too late"]],
  KV_ROUTING_LOOP: [
    [{ path: ["foo@h", "bar@h", "foo@h"] }, "routing loop: foo@h -> bar@h -> foo@h"],
  ],
  KV_TOO_MANY_HOPS: [[{ path: ["foo@h", "bar@h"] }, "too many hops: foo@h -> bar@h"]],
  KV_REQUEST_NOT_UNDERSTOOD: [[{ node }, "bar@host did not understand the request"]],
  KV_ANSWER_NOT_UNDERSTOOD: either("the answer of bar@host was not understood"),
  KV_NODE_FAILED: either("bar@host failed at the request"),
  KV_NOT_HERE: [[{ node }, "bar@host does not hold the bucket"]],
  KV_FENCED: [
    [
      { node },
      "bar@host takes no writes: it is fenced while its buckets are taken elsewhere; its operator ends that by fence off",
    ],
  ],
  KV_GIVEN_AWAY: [
    [{ node, to: "baz@host", moveId: "" }, "bar@host has given the bucket to baz@host"],
  ],
};

function either(message: string) {
  return [
    [{ node, mayHaveBeenApplied: false }, message],
    [{ node, mayHaveBeenApplied: true }, `${message}; the write may have been applied`],
  ] as const;
}

for (const [code, examples] of Object.entries(TOLD)) {
  for (const [details, message] of examples) {
    test(`${code} tells a client: ${message}`, () => {
      assert.ok(isCode(code));
      assert.equal(new KvError<KvErrorCode>(code, details).message, message);
    });
  }
}

function isCode(code: string): code is KvErrorCode {
  return Object.hasOwn(TOLD, code);
}
