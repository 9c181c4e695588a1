import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress } from "./address.ts";

test("formatAddress() puts an IPv6 address in brackets", () => {
  assert.equal(formatAddress({ host: "::1", port: 4040 }), "[::1]:4040");
  assert.equal(formatAddress({ host: "127.0.0.1", port: 0 }), "127.0.0.1:0");
});
