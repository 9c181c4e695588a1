import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { suite, test } from "node:test";
import { createClient } from "@redis/client";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { checkout } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { LineClient } from "../harness/line-client.ts";
import { guardProcess, isRunning, pidOf } from "../harness/process-guard.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

const START_MS = 60_000;

suite("npm run replicated", { skip: withoutServer }, () => {
  test("writes through one node, reads through the other, goes on without a primary, and ends all of it", async () => {
    await using directory = await makeTemporaryDirectory();
    const child = spawn(
      process.execPath,
      [join(checkout, "tools", "replicated", "run.ts"), "--ports", "0,0"],
      {
        cwd: checkout,
        env: { ...process.env, XDG_RUNTIME_DIR: directory.path, TMPDIR: directory.path },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const unguard = guardProcess(pidOf(child));
    const ended = once(child, "exit");
    await using _ = {
      // In order, so that it ends what it has started, however the test went.
      [Symbol.asyncDispose]: async () => {
        child.kill("SIGTERM");
        await ended;
        unguard();
      },
    };
    let said = "";
    const ready = new Promise<void>((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        said += text;
        if (said.includes("ctrl-C stops")) resolve();
      });
    });
    await within(ready, () => `the cluster to run\n${said}`, START_MS);
    const ports = [...said.matchAll(/ port (?<port>\d+), RESP/gu)].map(([, port]) => Number(port));
    const respPorts = [...said.matchAll(/ RESP (?<port>\d+)/gu)].map(([, port]) => Number(port));
    const pids = [...said.matchAll(/pid (?<pid>\d+)/gu)].map(([, pid]) => Number(pid));
    assert.equal(pids.length, 11);
    await using east = await LineClient.connect(ports[0] ?? 0);
    await using west = await LineClient.connect(ports[1] ?? 0);
    east.sendLines("CREATE shopping", "PUT shopping milk 1");
    assert.deepEqual([await east.read(), await east.read()], ["OK", "OK"]);
    west.sendLines("GET shopping milk");
    assert.deepEqual([await west.read(), await west.read()], ["1", "OK"]);
    assert.equal(await hashField(respPorts[1] ?? 0), "1");
    process.kill(Number(/kill -9 (?<pid>\d+)/u.exec(said)?.groups?.["pid"]), "SIGKILL");
    for (const value of ["2", "3"]) {
      west.sendLines(`PUT shopping milk ${value}`);
      assert.match(await within(west.read(), "an answer after the fail-over"), /^OK$|may have/u);
    }
    east.sendLines("GET shopping milk");
    assert.equal(await east.read(), "3");
    assert.equal(await hashField(respPorts[0] ?? 0), "3");
    child.kill("SIGINT");
    const [code] = await within(ended, () => `the end\n${said}`, START_MS);
    assert.equal(code, 0);
    assert.deepEqual(pids.filter(isRunning), []);
  });
});

/** The tour's key, as Redis' own client library gets it from a node. */
async function hashField(port: number): Promise<unknown> {
  const client = createClient({ socket: { host: "127.0.0.1", port, reconnectStrategy: false } });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await client.sendCommand(["HGET", "shopping", "milk"]);
  } finally {
    client.destroy();
  }
}
