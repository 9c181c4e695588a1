import assert from "node:assert/strict";
import { test } from "node:test";
import { windowsTask } from "./windows-task.ts";

test("windowsTask() names the script and the folder, whatever is in their names", () => {
  const task = windowsTask({ name: "foo", node: "foo", root: "C:\\R & D\\<foo>" });
  assert.ok(task.includes("<Command>C:\\R &amp; D\\&lt;foo&gt;\\bin\\foo.bat</Command>"), task);
  assert.ok(task.includes("<WorkingDirectory>C:\\R &amp; D\\&lt;foo&gt;</WorkingDirectory>"), task);
  assert.match(task, /<Arguments>start<\/Arguments>/u);
});
