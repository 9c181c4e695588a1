import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../harness/checkout.ts";

/** The rules of the servers' user in docs/replicated.md, whose password is PASSWORD. */
export async function documentedRules(): Promise<string> {
  const text = await readFile(join(checkout, "docs", "replicated.md"), "utf8");
  const rules = /ACL SETUSER kv on (?<rules>.*)/u.exec(text)?.groups?.["rules"];
  assert.ok(rules !== undefined, "the docs say what a user needs");
  return rules;
}
