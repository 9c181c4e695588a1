import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { openControlScene } from "../../../testing/control-scene.ts";
import { ApplicationError } from "../../errors.ts";

suite("reload", () => {
  test("is done when the applications have read their files anew", async () => {
    let reloads = 0;
    await using scene = await openControlScene({
      onReload: async () => {
        reloads++;
      },
    });
    assert.deepEqual(await scene.type("reload"), { code: 0, stdout: "OK\n", stderr: "" });
    assert.equal(reloads, 1);
    const { stdout } = await scene.type("reload --json");
    assert.deepEqual({ stdout, reloads }, { stdout: '{"reloaded":true}\n', reloads: 2 });
  });

  test("fails in one line when one could not, which goes on with what it had", async () => {
    const failure = new ApplicationError("COMMAND_FAILED", { action: "read", reason: "no file" });
    await using scene = await openControlScene({ onReload: () => Promise.reject(failure) });
    const { code, stderr } = await scene.type("reload");
    const reason = "toy goes on with what it had: Cannot read: no file";
    assert.deepEqual({ code, stderr }, { code: 1, stderr: `Cannot reload: ${reason}\n` });
    assert.ok(scene.events.some(({ type }) => type === "reload-failed"));
  });
});
