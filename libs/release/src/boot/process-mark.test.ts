import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { suite, test } from "node:test";
import { processMark } from "./process-mark.ts";

/** As systems are asked, this one and others: those that list processes by ps. */
const platforms = [
  ...(process.platform === "linux" ? ["linux"] : []),
  ...(spawnSync("/bin/ps", ["-p", "1"]).error === undefined ? ["darwin"] : []),
];

for (const platform of platforms) {
  suite(`processMark() as on ${platform}`, () => {
    test("is the same of a process as long as it lives, and another one's is another", async () => {
      const child = spawn(process.execPath, ["-e", "process.stdin.resume()"]);
      try {
        await once(child, "spawn");
        const mark = processMark(child.pid ?? 0, platform);
        assert.ok(mark);
        assert.equal(processMark(child.pid ?? 0, platform), mark);
        assert.notEqual(processMark(process.pid, platform), undefined);
        assert.notEqual(processMark(1, platform), mark);
      } finally {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      assert.equal(processMark(child.pid ?? 0, platform), undefined);
    });

    test("is none of a process that has ended, and whose parent does not care", async () => {
      const shell = spawn("sh", ["-c", "sleep 60 & echo $!; wait"]);
      try {
        const [line]: unknown[] = await once(shell.stdout, "data");
        const pid = Number(String(line));
        assert.ok(pid > 0);
        // It asks for nothing any more, so neither how its child has ended.
        shell.kill("SIGSTOP");
        process.kill(pid, "SIGKILL");
        while (processMark(pid, platform) !== undefined) await new Promise(setImmediate);
        assert.doesNotThrow(() => process.kill(pid, 0), "it is not even a zombie");
      } finally {
        shell.kill("SIGKILL");
        await once(shell, "exit");
      }
    });
  });
}

test("Windows does not say when a process began, only whether it is there", () => {
  assert.equal(processMark(process.pid, "win32"), "");
});
