import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { defaults } from "../test/start-test-listener.ts";
import { kvServer } from "./application.ts";
import { checkEnvironment, environment } from "./environment.ts";
import { hashPassword } from "./password.ts";

test("every default of the environment passes its own schema", () => {
  for (const [key, { schema, default: value }] of Object.entries(environment)) {
    assert.ok(v.safeParse(schema, value).success, key);
  }
});

test("users are hashes, never passwords", async () => {
  const { schema } = environment.users;
  assert.ok(v.is(schema, { alice: await hashPassword("secret") }));
  assert.ok(!v.is(schema, { alice: "secret" }));
  assert.ok(!v.is(schema, { "al ice": await hashPassword("secret") }));
});

test("what is settled when the server starts is marked so", () => {
  const marked = Object.entries(environment).filter(([, key]) => "startOnly" in key);
  assert.deepEqual(
    marked.map(([key]) => key),
    [
      "host",
      "port",
      "respPort",
      "tlsCertificateFile",
      "tlsKeyFile",
      "tlsCaFile",
      "tlsClientCertificates",
    ],
  );
});

test("the time to drain is at most what the application has to stop, with room for what follows", () => {
  const { schema } = environment.drainTimeoutMs;
  const { shutdownMs } = kvServer;
  assert.ok(v.is(schema, 600_000));
  assert.ok(!v.is(schema, 600_001));
  assert.ok(shutdownMs !== undefined && shutdownMs > 601_000 && shutdownMs < 2 ** 31);
});

test("the limit of pending output is not below what a socket buffers by itself", () => {
  assert.ok(!v.is(environment.pendingOutputLimitBytes.schema, 64 * 1024 - 1));
});

test("checkEnvironment() refuses strangers beyond loopback unless that is written down", async () => {
  const wide = { ...defaults(), host: "0.0.0.0" };
  const [problem, ...others] = checkEnvironment(wide);
  assert.deepEqual(others, []);
  assert.equal(problem?.key, "host");
  assert.match(problem.expected, /"0\.0\.0\.0"; configure users, or set allowUnauthenticated/u);
  assert.deepEqual(checkEnvironment({ ...wide, host: "127.0.0.1" }), []);
  assert.deepEqual(checkEnvironment({ ...wide, allowUnauthenticated: true }), []);
  assert.deepEqual(checkEnvironment({ ...wide, users: { a: await hashPassword("b") } }), []);
});
