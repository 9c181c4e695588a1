import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, suite, test } from "node:test";
import type { NodeProcess } from "../harness/node-process.ts";
import { type Machine, openMachine, type Released } from "./released.ts";
import { runTool } from "./run-tool.ts";
import { copyUmbrella, type UmbrellaCopy } from "./umbrella-copy.ts";

let umbrella: UmbrellaCopy;
let machine: Machine;

before(async () => {
  umbrella = await copyUmbrella();
  machine = await openMachine();
});
after(async () => {
  await machine[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});

/** Types what an example's README says, and answers the release that comes of it. */
async function assemble(
  project: string,
  name: string,
  ...words: readonly string[]
): Promise<Released> {
  const command = ["npm", "run", "--silent", "release", ...words];
  const { code, stdout, stderr } = await runTool(command, { cwd: project });
  assert.equal(code, 0, stderr);
  assert.ok(stdout.includes(`The release is in _build/prod/rel/${name}.`), stdout);
  return machine.release(join(project, "_build", "prod", "rel", name));
}

async function portOf(node: NodeProcess, pattern: RegExp): Promise<number> {
  const { groups } = await node.logged(pattern);
  return Number(groups?.["port"]);
}

suite("a project of a single application, without releases.ts", () => {
  test("is released under its own name and version, and greets", async () => {
    const greeter = await assemble(umbrella.greeter, "greeter");
    assert.equal(await greeter.printed("version"), "greeter 2.0.0\n");
    await using node = await greeter.start();
    const port = await portOf(node, /Greeting on port (?<port>\d+)/u);
    assert.equal(await text(connect(port, "127.0.0.1")), "Guten Tag, 127.0.0.1!\r\n");
    await greeter.printed("greeter", "env", "put", "greeter", "language", '"pt"');
    assert.equal(await text(connect(port, "127.0.0.1")), "Bom dia, 127.0.0.1!\r\n");
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
  });
});

suite("an umbrella that is not KV", () => {
  test("is released as weather, which serves, and as probe, which does not", async () => {
    const weather = await assemble(umbrella.weather, "weather", "--", "weather");
    const probe = await assemble(umbrella.weather, "probe", "--", "probe");
    await using node = await weather.start();
    const port = await portOf(node, /Serving readings on port (?<port>\d+)/u);
    assert.equal(await weather.printed("weather", "report", "oslo", "3"), "OK\n");
    const response = await fetch(`http://127.0.0.1:${port}/readings`);
    const readings = [{ place: "oslo", degrees: 3 }];
    assert.deepEqual(await response.json(), { scale: "celsius", readings });
    // Two releases on one machine: each has its own node.
    await using other = await probe.start();
    assert.doesNotMatch(other.stdout, /Serving readings/u);
    assert.equal(await probe.printed("weather", "readings"), "");
    assert.equal(await weather.printed("weather", "readings"), "oslo 3\n");
  });
});
