import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { findProgram } from "../harness/find-program.ts";
import { openNodeHome } from "../harness/node-home.ts";

const lines = "CREATE a\r\nPUT a k v\r\nGET a k\r\n";
const replies = "OK\r\nOK\r\nv\r\nOK\r\n";
const nc = findProgram("nc");
const skip =
  nc === undefined ? "there is no nc here (Debian: apt-get install netcat-openbsd)" : false;

suite("a program that sends its lines, closes its half, and reads", () => {
  test("gets all its replies", async () => {
    await using home = await openNodeHome();
    const { port } = await home.start();
    await using client = await LineClient.connect(port);
    client.send(lines);
    client.end();
    await client.ending();
    assert.equal(client.rest.toString(), replies);
  });

  test("gets all its replies when it is nc", { skip }, async () => {
    await using home = await openNodeHome();
    const { port } = await home.start();
    // OpenBSD's nc closes its half only when it is told to; the others do it by themselves.
    const help = spawnSync(nc ?? "nc", ["-h"], { encoding: "utf8" });
    const halfClose = `${help.stdout}${help.stderr}`.includes("-N") ? ["-N"] : [];
    const { stdout, status } = spawnSync(nc ?? "nc", [...halfClose, "127.0.0.1", String(port)], {
      input: lines,
      encoding: "utf8",
      timeout: 10_000,
    });
    assert.equal(stdout, replies);
    assert.equal(status, 0);
  });
});
