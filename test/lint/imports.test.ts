import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { checkout } from "../harness/checkout.ts";
import { makeTemporaryDirectory, type TemporaryDirectory } from "../harness/temporary-directory.ts";

/** A file with one import, and whether the linter lets it be there. */
interface Import {
  readonly file: string;
  readonly statement: string;
}

const forbidden: readonly Import[] = [
  // Libraries know no application.
  { file: "libs/application/src/a.ts", statement: `import { kv } from "@kv/kv";` },
  { file: "libs/application/src/b.ts", statement: `import { kvServer } from "@kv/kv-server";` },
  {
    file: "libs/application/src/c.ts",
    statement: `import { x } from "../../../apps/kv/src/x.ts";`,
  },
  { file: "libs/storage/src/a.ts", statement: `import { kv } from "@kv/kv";` },
  { file: "libs/storage/src/b.ts", statement: `import { kvServer } from "@kv/kv-server";` },
  { file: "libs/storage/src/c.ts", statement: `import { x } from "../../../apps/kv/src/x.ts";` },
  { file: "libs/storage/src/d.ts", statement: `import type { Kv } from "@kv/kv";` },
  { file: "libs/storage/src/log/e.ts", statement: `import { kv } from "@kv/kv";` },
  { file: "libs/storage/src/f.test.ts", statement: `import { kv } from "@kv/kv";` },
  // Libraries do not know each other.
  { file: "libs/storage/src/g.ts", statement: `import { systemTime } from "@kv/application";` },
  { file: "libs/storage/src/h.ts", statement: `import { x } from "../../application/src/x.ts";` },
  { file: "libs/storage/conformance/i.ts", statement: `import { x } from "@kv/application";` },
  { file: "libs/application/src/d.ts", statement: `import { openLogStore } from "@kv/storage";` },
  { file: "libs/application/src/e.ts", statement: `import { x } from "@kv/storage/conformance";` },
  { file: "libs/application/src/f.ts", statement: `import { x } from "../../storage/src/x.ts";` },
  { file: "libs/application/src/g.ts", statement: `export { kv } from "@kv/kv";` },
  { file: "libs/cluster/src/a.ts", statement: `import { kv } from "@kv/kv";` },
  { file: "libs/cluster/src/b.ts", statement: `import { openLogStore } from "@kv/storage";` },
  { file: "libs/cluster/src/c.ts", statement: `import { systemTime } from "@kv/application";` },
  { file: "libs/cluster/src/d.ts", statement: `import { x } from "../../storage/src/x.ts";` },
  { file: "libs/cluster/src/e.ts", statement: `import { x } from "../../../apps/kv/src/x.ts";` },
  { file: "libs/storage/src/k.ts", statement: `import { openCluster } from "@kv/cluster";` },
  { file: "libs/storage/src/l.ts", statement: `import { x } from "../../cluster/src/x.ts";` },
  { file: "libs/application/src/h.ts", statement: `import { openCluster } from "@kv/cluster";` },
  { file: "libs/application/src/i.ts", statement: `import { x } from "../../cluster/src/x.ts";` },
  // The store does not know the front door.
  { file: "apps/kv/src/a.ts", statement: `import { kvServer } from "@kv/kv-server";` },
  { file: "apps/kv/src/b.ts", statement: `import { x } from "../../kv-server/src/x.ts";` },
  { file: "apps/kv/src/c.ts", statement: `import { x } from "../../../libs/storage/src/x.ts";` },
  { file: "apps/kv/src/d.ts", statement: `import type { x } from "@kv/kv-server";` },
  // The front door reaches the storage through the store.
  { file: "apps/kv-server/src/a.ts", statement: `import { openLogStore } from "@kv/storage";` },
  { file: "apps/kv-server/src/b.ts", statement: `import type { Store } from "@kv/storage";` },
  { file: "apps/kv-server/src/c.ts", statement: `import { x } from "../../kv/src/x.ts";` },
  {
    file: "apps/kv-server/src/d.ts",
    statement: `import { x } from "../../../libs/storage/src/x.ts";`,
  },
  { file: "apps/kv-server/src/line/e.ts", statement: `import { x } from "@kv/storage";` },
  { file: "apps/kv-server/src/f.ts", statement: `import { x } from "@kv/storage/conformance";` },
  { file: "apps/kv-server/src/g.ts", statement: `import { openCluster } from "@kv/cluster";` },
  // A configuration file stands alone in a release.
  { file: "config/a.ts", statement: `import { kv } from "@kv/kv";` },
  { file: "config/b.ts", statement: `import { x } from "../apps/kv/src/x.ts";` },
  { file: "config/c.ts", statement: `import { x } from "../libs/application/src/x.ts";` },
];

const allowed: readonly Import[] = [
  { file: "libs/storage/src/allowed.ts", statement: `import { crc32 } from "node:zlib";` },
  {
    file: "libs/storage/src/allowed.test.ts",
    statement: `import { x } from "@kv/storage/conformance";`,
  },
  { file: "libs/storage/src/log/allowed.ts", statement: `import { x } from "../allowed.ts";` },
  { file: "libs/cluster/src/allowed.ts", statement: `import { connect } from "node:tls";` },
  { file: "libs/cluster/src/link/allowed.ts", statement: `import { x } from "../allowed.ts";` },
  { file: "libs/application/src/allowed.ts", statement: `import * as v from "valibot";` },
  { file: "apps/kv/src/allowed.ts", statement: `import { openLogStore } from "@kv/storage";` },
  {
    file: "apps/kv/src/allowed-linked.ts",
    statement: `import { openCluster } from "@kv/cluster";`,
  },
  {
    file: "apps/kv/src/allowed-too.ts",
    statement: `import { systemTime } from "@kv/application";`,
  },
  { file: "apps/kv-server/src/allowed.ts", statement: `import { kv } from "@kv/kv";` },
  { file: "apps/kv-server/src/line/allowed.ts", statement: `import { x } from "../allowed.ts";` },
  { file: "apps/kv-server/src/allowed-too.ts", statement: `import { x } from "@kv/application";` },
  { file: "config/allowed.ts", statement: `import type { kv } from "@kv/kv";` },
  { file: "config/allowed-too.ts", statement: `import { config } from "./dev.ts";` },
  { file: "test/e2e/allowed.ts", statement: `import { kv } from "@kv/kv";` },
  { file: "tools/allowed.ts", statement: `import { kvServer } from "@kv/kv-server";` },
];

/** What the linter says of each file, by the shipped rules, in a copy that holds nothing but these files. */
async function lint(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  await cp(join(checkout, ".oxlintrc.json"), join(root, ".oxlintrc.json"));
  for (const { file, statement } of [...forbidden, ...allowed]) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), `${statement}\n`);
  }
  const oxlint = join(checkout, "node_modules", ".bin", "oxlint");
  const { stdout, stderr } = spawnSync(oxlint, ["--format=json"], { cwd: root, encoding: "utf8" });
  const complaints = new Map<string, string[]>();
  for (const { file, rule } of diagnosticsIn(stdout, stderr)) {
    if (rule.includes("no-restricted-imports")) {
      complaints.set(file, [...(complaints.get(file) ?? []), rule]);
    }
  }
  return complaints;
}

function diagnosticsIn(
  stdout: string,
  stderr: string,
): readonly { readonly file: string; readonly rule: string }[] {
  const report: unknown = JSON.parse(stdout);
  assert.ok(typeof report === "object" && report !== null && "diagnostics" in report, stderr);
  assert.ok(Array.isArray(report.diagnostics), stderr);
  return report.diagnostics.map((diagnostic: unknown) => {
    assert.ok(typeof diagnostic === "object" && diagnostic !== null);
    assert.ok("filename" in diagnostic && "code" in diagnostic);
    return { file: String(diagnostic.filename), rule: String(diagnostic.code) };
  });
}

suite("the linter", () => {
  let root: TemporaryDirectory;
  let complaints: ReadonlyMap<string, readonly string[]>;
  before(async () => {
    root = await makeTemporaryDirectory();
    complaints = await lint(root.path);
  });
  after(() => root[Symbol.asyncDispose]());

  for (const { file, statement } of forbidden) {
    test(`refuses ${statement} in ${dirname(file)}`, () => {
      assert.ok(complaints.has(file), `${file} passes`);
    });
  }
  for (const { file, statement } of allowed) {
    test(`passes ${statement} in ${dirname(file)}`, () => {
      assert.equal(complaints.get(file), undefined);
    });
  }
});
