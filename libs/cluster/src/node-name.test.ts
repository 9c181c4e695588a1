import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf, nameKindOf, parseCompleteName, parseNodeName } from "./node-name.ts";
import { nodeNamed } from "./testing/node-named.ts";

test("parseNodeName() completes a name, and takes nothing else", () => {
  const cases = {
    foo: "foo@lab",
    "foo@bar": "foo@bar",
    "f_o-1@a.b": "f_o-1@a.b",
    "foo@": undefined,
    "@lab": undefined,
    "": undefined,
    "fo o": undefined,
    "foo@b@c": undefined,
    "../foo": undefined,
    [`foo@${"x".repeat(251)}`]: `foo@${"x".repeat(251)}`,
    [`foo@${"x".repeat(252)}`]: undefined,
    // With its host it would be too long for a link.
    ["x".repeat(252)]: undefined,
  };
  for (const [text, name] of Object.entries(cases)) assert.equal(parseNodeName(text, "lab"), name);
});

test("parseCompleteName() asks for the host", () => {
  assert.equal(parseCompleteName("foo"), undefined);
  assert.equal(parseCompleteName("foo@lab"), "foo@lab");
});

test("nameKindOf() tells long names by their host", () => {
  const kinds = { "foo@lab": "short", "foo@lab.example.org": "long", "foo@10.0.0.7": "long" };
  for (const [text, kind] of Object.entries(kinds)) assert.equal(nameKindOf(nodeNamed(text)), kind);
  assert.equal(nameKindOf(nodeNamed("foo@fe80::1")), "long");
  assert.equal(hostOf(nodeNamed("foo@fe80::1")), "fe80::1");
});
