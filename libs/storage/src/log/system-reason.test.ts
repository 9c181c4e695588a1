import assert from "node:assert/strict";
import { test } from "node:test";
import { StorageError } from "../errors.ts";
import { systemError, systemReason } from "./system-reason.ts";

function sqliteError(errcode: number): Error {
  return Object.assign(new Error("as SQLite says it"), { code: "ERR_SQLITE_ERROR", errcode });
}

const EXAMPLES: readonly (readonly [error: Error, line: RegExp])[] = [
  [systemError("EACCES", "open"), /denied \(EACCES\); make the directory writable or choose/u],
  [systemError("EIO", "read"), /input\/output error \(EIO\); look at what the system has logged/u],
  [systemError("ENOSPC", "write"), /no space left on the disk \(ENOSPC\); free some space/u],
  [systemError("ENOTDIR", "mkdir"), /no directory has that name \(ENOTDIR\); choose another dir/u],
  [systemError("EROFS", "open"), /read-only \(EROFS\); mount it for writing or choose/u],
  [systemError("EMFILE", "open"), /too many open files \(EMFILE\); raise the limit/u],
  [systemError("ELOOP", "open"), /leads nowhere, or in a circle \(ELOOP\); mend the link or/u],
  [
    systemError("ENAMETOOLONG", "open"),
    /: the name is too long \(ENAMETOOLONG\); choose a shorter/u,
  ],
  [systemError("EXDEV", "open"), /: EXDEV: open; mend that or choose another directory$/u],
  [sqliteError(13), /: there is no space left on the disk; free some space/u],
  [sqliteError(14), /: its file LOCK cannot be opened; when no node is running there, delete it$/u],
  [sqliteError(26), /: its file LOCK is not one that a node has made; when no node/u],
  [sqliteError(8 + 5 * 256), /: its file LOCK cannot be written to; make the directory writable/u],
  [sqliteError(1), /: as SQLite says it; mend that/u],
];

for (const [error, line] of EXAMPLES) {
  test(`systemReason() gives a way out that fits ${line.source}`, () => {
    const details = { path: "/kv", ...systemReason(error) };
    const { message } = new StorageError("STORAGE_INACCESSIBLE", details);
    assert.match(message, line);
  });
}

test("systemReason() names the file that turned out to be a directory", () => {
  const error = Object.assign(systemError("EISDIR", "read"), { path: "/kv/00000001.log" });
  const { reason, wayOut } = systemReason(error);
  assert.equal(reason, 'a directory has the name of one of its files: "/kv/00000001.log" (EISDIR)');
  assert.equal(wayOut, "move that directory away");
});
