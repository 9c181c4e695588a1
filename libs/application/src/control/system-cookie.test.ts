import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeTemporaryDirectory } from "../../../../test/harness/temporary-directory.ts";
import type { FetchedValue } from "../system/live-system.ts";
import { cookieOfSystem } from "./system-cookie.ts";

/** A system in which control is configured so; without it when nothing is said. */
function systemWith(values?: Readonly<Record<string, unknown>>) {
  const getEnv = (application: string, key: string): unknown =>
    application === "control" ? values?.[key] : undefined;
  const fetchEnv = (application: string, key: string): FetchedValue =>
    application === "control" && values !== undefined
      ? { type: "found", value: getEnv(application, key) }
      : { type: "missing" };
  return { getEnv, fetchEnv };
}

test("cookieOfSystem() is the one that control is configured with", async () => {
  assert.equal(await cookieOfSystem(systemWith({ cookie: "shared" })), "shared");
});

test("cookieOfSystem() is the one in control's file, which it makes", async () => {
  await using directory = await makeTemporaryDirectory();
  const cookieFile = join(directory.path, "cookie");
  const made = await cookieOfSystem(systemWith({ cookieFile }));
  assert.equal((await stat(cookieFile)).mode & 0o777, 0o600);
  assert.equal(await cookieOfSystem(systemWith({ cookieFile })), made);
});

test("cookieOfSystem() makes up none for a system that has no operators", async () => {
  await assert.rejects(cookieOfSystem(systemWith()), { message: /control/u });
});
