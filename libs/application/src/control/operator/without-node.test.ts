import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { string } from "valibot";
import { FakeHost } from "../../../testing/fake-host.ts";
import { scriptApplication } from "../../../testing/scripted-application.ts";
import { createControl } from "../control.ts";
import { type CommandLineOptions, runCommandLine } from "./run-command-line.ts";

/** What an operator sees who types `words` where no node runs. */
async function type(
  words: readonly string[],
  options: Partial<CommandLineOptions> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const directory = await mkdtemp(join(tmpdir(), "kv-control-"));
  const host = new FakeHost();
  const environment = {
    table: { schema: string(), default: "a", doc: "" },
    password: { schema: string(), default: "hunter2", doc: "", secret: true },
  };
  const toy = scriptApplication([], "toy", { environment });
  const naming = { startedAs: "foo" };
  const control = createControl({ applications: [toy], naming, version: "1" });
  try {
    const code = await runCommandLine({
      program: "toy",
      description: "Plays.",
      words,
      applications: [toy, control].map((application) => ({ application, mode: "permanent" })),
      naming,
      configuration: () => ({
        given: [{ source: "TABLE", values: { toy: { table: "b" }, control: { directory } } }],
        configEnv: "test",
        variables: {},
        node: { name: "foo", host: "here" },
      }),
      host,
      ...options,
    });
    return { code, stdout: host.stdout.text, stderr: host.stderr.text };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const noNode = /^Cannot reach node "foo": it does not run here \(nothing answers at ".*"\)\n$/u;

suite("without a node", () => {
  test("config fails as any other command", async () => {
    const { code, stdout, stderr } = await type(["config"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, noNode);
  });

  test("config answers from what the next start is given, where a node is optional", async () => {
    const { code, stdout, stderr } = await type(["config"], { isNodeOptional: true });
    assert.equal(stderr, "foo does not run here: this is what its next start is given\n");
    assert.equal(code, 0);
    const [table, password] = stdout.split("\n");
    assert.match(table ?? "", /^toy\.table +"b" +TABLE$/u);
    assert.match(password ?? "", /^toy\.password +\*{8} +default$/u);
  });

  test("a program is told the same as JSON, without secrets", async () => {
    const { stdout } = await type(["config", "--json"], { isNodeOptional: true });
    const [table, password] = JSON.parse(stdout);
    assert.deepEqual(table, {
      application: "toy",
      key: "table",
      value: "b",
      secret: false,
      origin: "TABLE",
    });
    assert.equal(password.value, "********");
  });

  test("a command that needs one fails, where a node is optional", async () => {
    const { code, stderr } = await type(["status"], { isNodeOptional: true });
    assert.equal(code, 1);
    assert.match(stderr, noNode);
  });
});

suite("a program whose configuration is fixed", () => {
  test("has no option --config", async () => {
    const fixed = await type(["config", "--config", "."], { isConfigurationFixed: true });
    assert.equal(fixed.code, 64);
    assert.match(fixed.stderr, /^Cannot run "config": unknown option '--config'/u);
    const help = await type(["--help"], { isConfigurationFixed: true });
    assert.doesNotMatch(help.stdout, /--config/u);
    assert.match((await type(["--help"])).stdout, /--config <folder>/u);
  });
});
