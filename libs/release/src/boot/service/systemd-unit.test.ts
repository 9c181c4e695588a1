import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { systemdUnit, type UnitFacts, unitFile } from "./systemd-unit.ts";

const facts: UnitFacts = {
  name: "foo",
  version: "1.0.0",
  node: "foo",
  root: "/opt/foo",
  temporary: "/opt/foo/tmp",
  user: "kv",
  stopMs: 30_001,
};

/** The lines of the unit with these facts. */
function linesOf(special: Partial<UnitFacts> = {}): readonly string[] {
  return systemdUnit({ ...facts, ...special }).split("\n");
}

suite("systemdUnit()", () => {
  test("has systemd run the script as the user, and wait as long as the node may need to stop", () => {
    const lines = linesOf();
    for (const line of [
      "ExecStart=/opt/foo/bin/foo start",
      "User=kv",
      "TimeoutStopSec=31",
      "ReadWritePaths=/opt/foo/tmp /tmp",
      "ProtectHome=yes",
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  test("gives nothing in a path a meaning of its own", () => {
    const lines = linesOf({ root: '/srv/50% "a" $HOME', temporary: "/srv/50% t" });
    assert.ok(
      lines.includes(String.raw`ExecStart="/srv/50%% \"a\" $$HOME/bin/foo" start`),
      lines.join("\n"),
    );
    assert.ok(lines.includes(String.raw`WorkingDirectory=/srv/50%% "a" $HOME`));
    assert.ok(lines.includes('ReadWritePaths="/srv/50%% t" /tmp'));
  });

  test("does not hide a release that lies in somebody's home", () => {
    assert.ok(linesOf({ root: "/home/ann/foo" }).includes("ProtectHome=read-only"));
    assert.ok(linesOf({ root: "/homes/foo" }).includes("ProtectHome=yes"));
  });

  test("is that of the node, which need not be called as the release is", () => {
    assert.equal(unitFile("foo2@host"), "foo2-host.service");
    const lines = linesOf({ node: "foo2@host" });
    assert.ok(lines.includes("Environment=RELEASE_NODE=foo2@host RELEASE_TMP=/opt/foo/tmp"));
    assert.ok(lines.includes("StateDirectory=foo2-host"));
  });
});
