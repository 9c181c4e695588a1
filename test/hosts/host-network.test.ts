import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { suite, test } from "node:test";
import { within } from "../harness/deadline.ts";
import { guardProcess, pidOf } from "../harness/process-guard.ts";
import { HostNetwork, reasonAgainstHosts, runHere } from "./host-network.ts";
import { PacketFilter } from "./packet-filter.ts";

const skip = reasonAgainstHosts();

/** Has a network, and somebody who lives in it and holds the same output open, until it is ended. */
const HOLDER = `
import { spawn } from "node:child_process";
import { HostNetwork } from ${JSON.stringify(join(import.meta.dirname, "host-network.ts"))};
const network = new HostNetwork(["one"]);
const [program, ...words] = [...network.launcherOf("one"), "sh", "-c", "echo here; exec sleep 600"];
spawn(program, words, { stdio: "inherit" });
`;

/** Tries to connect to a host on which nobody listens, and says what came of it. */
const CONNECT = `
const socket = require("node:net").connect(9, process.argv[1]);
const say = (word) => (process.stdout.write(word), process.exit());
socket.on("error", ({ code }) => say(code));
setTimeout(say, 1_000, "silence");
`;

/** A process that has a network. Its output ends when it and the one who lives there are gone. */
async function hold(): Promise<ChildProcess> {
  const holder = spawn(process.execPath, ["--input-type=module", "--eval", HOLDER], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const unguard = guardProcess(pidOf(holder));
  holder.once("exit", unguard);
  await within(once(createInterface({ input: holder.stdout }), "line"), "a network");
  return holder;
}

function namespacesOf(pid: number): readonly string[] {
  const names = runHere(["ip", "netns", "list"]).split("\n");
  return names.filter((name) => name.startsWith(`kv-hosts-${pid}-`));
}

suite("HostNetwork", { skip }, () => {
  test("joins hosts that reach each other, and is gone when it is disposed of", () => {
    {
      using network = new HostNetwork(["one", "two"]);
      assert.equal(namespacesOf(process.pid).length, 3);
      const filter = new PacketFilter(network);
      filter.lose("two", network.addressOf("one"), 0);
      const ping = [...network.launcherOf("one"), process.execPath, "--eval", CONNECT];
      assert.equal(runHere([...ping, network.addressOf("two")]), "ECONNREFUSED");
      assert.equal(filter.lostAt("two"), 0);
      filter.lose("two", network.addressOf("one"), 100);
      assert.equal(runHere([...ping, network.addressOf("two")]), "silence");
      assert.ok(filter.lostAt("two") > 0);
      filter.lose("two", network.addressOf("one"), 0);
      assert.equal(runHere([...ping, network.addressOf("two")]), "ECONNREFUSED");
    }
    assert.deepEqual(namespacesOf(process.pid), []);
  });

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    test(`goes when its process is ended by ${signal}`, async () => {
      const holder = await hold();
      assert.equal(namespacesOf(pidOf(holder)).length, 2);
      const closed = once(holder, "close");
      holder.kill(signal);
      await within(closed, "the process to end, and the one who lives there");
      assert.deepEqual(namespacesOf(pidOf(holder)), []);
    });
  }

  test("goes, with whoever lives there, before the next one is made when its process was killed", async () => {
    const holder = await hold();
    const [exited, closed] = [once(holder, "exit"), once(holder, "close")];
    holder.kill("SIGKILL");
    await within(exited, "the process to end");
    assert.equal(namespacesOf(pidOf(holder)).length, 2);
    using _ = new HostNetwork(["one"]);
    assert.deepEqual(namespacesOf(pidOf(holder)), []);
    await within(closed, "the one who lives there to end");
  });
});
