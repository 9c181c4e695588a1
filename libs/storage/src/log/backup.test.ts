import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Store } from "../store.ts";
import { openLogStore } from "./open-log-store.ts";

interface Place extends AsyncDisposable {
  readonly path: string;
  readonly store: Store;
}

/** A folder with a store in its folder `store`. */
async function openPlace(): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), "kv-backup-"));
  const store = await openLogStore({ directory: join(path, "store"), clock: () => 0 });
  await (await store.createBucket(Uint8Array.of(0x62))).durable;
  const close = async (): Promise<void> => {
    await store[Symbol.asyncDispose]();
    await rm(path, { recursive: true });
  };
  return { path, store, [Symbol.asyncDispose]: close };
}

async function isRefused({ store }: Place, directory: string, reason: RegExp): Promise<void> {
  await assert.rejects(async () => store.backup?.(directory), {
    code: "STORAGE_BACKUP_FAILED",
    message: reason,
  });
}

test("backup() says before it writes anything why a place will not do", async () => {
  await using place = await openPlace();
  const { path } = place;
  await mkdir(join(path, "folder"));
  await writeFile(join(path, "file"), "");
  await symlink(join(path, "nowhere"), join(path, "dangling"));
  await symlink(join(path, "store"), join(path, "other-name"));
  const names = await readdir(path);
  const reasons: readonly (readonly [directory: string, reason: RegExp])[] = [
    ["folder", /: it is there already; choose a directory that is not$/u],
    ["file", /: something that is no directory has that name \(ENOTDIR\)$/u],
    ["file/copy", /: something that is no directory has that name \(ENOTDIR\)$/u],
    ["dangling", /: it is a symbolic link that leads nowhere, or in a circle \(ELOOP\)$/u],
    ["store/copy", /: it lies in the store itself; /u],
    ["other-name/copy", /: it lies in the store itself; /u],
    ["x".repeat(300), /: the name is too long \(ENAMETOOLONG\)$/u],
  ];
  for (const [directory, reason] of reasons) await isRefused(place, join(path, directory), reason);
  assert.deepEqual(await readdir(path), names);
});

test("backup() goes through a symbolic link to where it leads", async () => {
  await using place = await openPlace();
  const { path, store } = place;
  await mkdir(join(path, "folder"));
  await symlink(join(path, "folder"), join(path, "link"));
  await store.backup?.(join(path, "link", "deep", "copy"));
  assert.deepEqual(await readdir(join(path, "folder", "deep")), ["copy"]);
  const directory = join(path, "folder", "deep", "copy");
  await using copy = await openLogStore({ directory, clock: () => 0 });
  const { outcome } = await copy.get(Uint8Array.of(0x62), Uint8Array.of(0x6b));
  assert.equal(outcome.type, "missing", "the bucket is there");
});
