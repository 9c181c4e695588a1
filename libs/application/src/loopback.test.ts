import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback } from "./loopback.ts";

const hosts: readonly [host: string, expected: boolean][] = [
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["localhost", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.0.1", false],
  ["localhost.example.org", false],
];

for (const [host, expected] of hosts) {
  test(`isLoopback() says ${expected} to ${host}`, () => {
    assert.equal(isLoopback(host), expected);
  });
}
