import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite, test } from "node:test";
import { checkout, compileCache } from "../harness/checkout.ts";
import { within } from "../harness/deadline.ts";
import { findProgram } from "../harness/find-program.ts";
import { LineClient } from "../harness/line-client.ts";
import { testCookie } from "../harness/node-process.ts";
import { guardProcess, isRunning, pidOf } from "../harness/process-guard.ts";
import { makeTemporaryDirectory } from "../harness/temporary-directory.ts";

const skip = findProgram("npm") === undefined ? "there is no npm in the path" : false;

suite("npm start", { skip }, () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`serves, and is gone with everything it started after ${signal}`, async () => {
      await using directory = await makeTemporaryDirectory();
      const npm = spawn("npm", ["start"], {
        cwd: checkout,
        // A process group of its own, as a shell makes one for each command: ctrl-C goes to all of it.
        detached: true,
        env: {
          ...process.env,
          PORT: "0",
          KV_ENV: "test",
          KV_DATA_DIR: directory.path,
          XDG_RUNTIME_DIR: directory.path,
          RELEASE_COOKIE: testCookie,
          NODE_COMPILE_CACHE: compileCache,
        },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const group = -pidOf(npm);
      const unguard = guardProcess(group);
      try {
        const closed = once(npm, "close");
        let printed = "";
        const port = Promise.withResolvers<number>();
        npm.stdout.setEncoding("utf8").on("data", (text: string) => {
          printed += text;
          const found = /Accepting connections on port (\d+)\D/u.exec(printed)?.[1];
          if (found !== undefined) port.resolve(Number(found));
        });
        await using client = await LineClient.connect(await within(port.promise, "npm start"));
        assert.deepEqual(await client.ask("CREATE shopping"), ["OK"]);
        process.kill(signal === "SIGINT" ? group : -group, signal);
        // The pipe closes when all that npm started, and that holds its other end, is gone.
        await within(closed, "npm and everything it started to end");
        assert.match(printed, /Sealed the store/u);
      } finally {
        if (isRunning(group)) process.kill(group, "SIGKILL");
        unguard();
      }
    });
  }
});
