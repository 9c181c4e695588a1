import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { copyFile, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { connect } from "node:tls";
import {
  type CertificateFiles,
  openAuthority,
  withoutOpenssl,
} from "../harness/certificate-authority.ts";
import { within } from "../harness/deadline.ts";
import { LineClient } from "../harness/line-client.ts";
import { NodeProcess } from "../harness/node-process.ts";
import { guardProcess } from "../harness/process-guard.ts";
import { openSmallDisk } from "../harness/small-disk.ts";
import { watchDirectory } from "../harness/watch-directory.ts";
import { ask } from "./clients.ts";
import { type Machine, openMachine, type Released, withNode } from "./released.ts";
import { runRelease } from "./run-tool.ts";
import { copyUmbrella, kvVersion, type UmbrellaCopy } from "./umbrella-copy.ts";

let umbrella: UmbrellaCopy;
let machine: Machine;

before(async () => {
  umbrella = await copyUmbrella();
  machine = await openMachine();
  await writeFile(
    join(umbrella.root, "releases.ts"),
    `export const releases = {
  foo: { includeRuntime: false, applications: { "kv-server": "permanent", kv: "permanent" } },
};
`,
  );
  const run = await runRelease(["foo", "--quiet"], { cwd: umbrella.root });
  assert.equal(run.code, 0, run.stderr);
});
after(async () => {
  await machine[Symbol.asyncDispose]();
  await umbrella[Symbol.asyncDispose]();
});

function foo(): Released {
  const variables = { ...withNode, KV_ROUTING_TABLE: "a-z=foo" };
  return machine.release(join(umbrella.root, "_build", "prod", "rel", "foo"), variables);
}

/** Resolves with what `pattern` found in the file, as soon as that is in it. */
async function fileSays(path: string, pattern: RegExp): Promise<RegExpExecArray> {
  let news = Promise.withResolvers<void>();
  using _ = watchDirectory(dirname(path), () => news.resolve());
  for (;;) {
    news = Promise.withResolvers();
    const found = pattern.exec(await readFile(path, "utf8").catch(() => ""));
    if (found !== null) return found;
    await within(news.promise, `${path} to say ${pattern}`);
  }
}

/** Who answers at `port`, by the certificate. */
async function answering(port: number, caFile: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", ca: await readFile(caFile) });
  await within(once(socket, "secureConnect"), "a handshake");
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

/** Has `runtime.mjs` name the files, until what is returned is called. */
async function configureTls({
  certificateFile,
  keyFile,
}: CertificateFiles): Promise<() => Promise<void>> {
  const file = join(foo().root, "releases", kvVersion, "runtime.mjs");
  const shipped = await readFile(file, "utf8");
  const files = { tlsCertificateFile: certificateFile, tlsKeyFile: keyFile };
  const members = JSON.stringify(files).slice(1, -1);
  await writeFile(file, shipped.replace(`"kv-server": {`, `"kv-server": { ${members},`));
  return () => writeFile(file, shipped);
}

const notHere = process.platform === "linux" ? false : "what a process is, is asked of Linux";

suite("a release's daemon at SIGHUP", { skip: notHere || withoutOpenssl }, () => {
  test("goes on in a new file where its log was moved away, and with new certificates", async () => {
    const authority = await openAuthority(join(umbrella.root, "ca"));
    const files = await authority.issue("first");
    const restore = await configureTls(files);
    const started = await foo().run(["daemon"]);
    assert.equal(started.code, 0, started.stderr);
    const pid = Number(/as process (\d+)/u.exec(started.stdout)?.[1]);
    const unguard = guardProcess(pid);
    try {
      const log = join(foo().root, "tmp/log/foo.log");
      const [, port] = await fileSays(log, /Accepting connections on port (\d+)/u);
      assert.equal(await answering(Number(port), authority.caFile), "first");

      const renewed = await authority.issue("renewed");
      await copyFile(renewed.certificateFile, files.certificateFile);
      await copyFile(renewed.keyFile, files.keyFile);
      const moved = `${log}.1`;
      await rename(log, moved);
      const former = await readFile(moved, "utf8");
      process.kill(pid, "SIGHUP");
      await fileSays(log, /"type":"reloaded"/u);
      assert.equal(await answering(Number(port), authority.caFile), "renewed");

      await foo().printed("rpc", "console.log(1)");
      await fileSays(log, /"command":"rpc"/u);
      assert.equal(await readFile(moved, "utf8"), former, "nothing comes into the old one");
      assert.equal(await foo().printed("pid"), `${pid}\n`);
      await foo().printed("stop");
    } finally {
      unguard();
      await restore();
    }
  });
});

suite("a release without certificates", { skip: notHere }, () => {
  test("does not load what TLS needs, which takes an idle node 4 MB", async () => {
    // Asked at its end, and by nobody who evaluates anything: that loads all there is.
    const told = join(umbrella.root, "told");
    const teller = join(umbrella.root, "teller.cjs");
    await writeFile(
      teller,
      `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(told)}, process.moduleLoadList.join("\\n")));`,
    );
    const flags = join(umbrella.root, "teller.args");
    await writeFile(flags, `"--require=${teller}"\n`);
    await using node = await foo().start({ RELEASE_VM_ARGS: flags });
    await ask(node, "CREATE without", "GET without key");
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
    const modules = (await readFile(told, "utf8")).split("\n");
    assert.deepEqual(
      modules.filter((name) => / (?:net|tls)$/u.test(name)),
      ["NativeModule net"],
    );
  });
});

suite("a release whose store's disk is full", { skip: notHere }, () => {
  test("takes no writes, says so to clients and operators, and goes on once there is space", async (context) => {
    const opened = await openSmallDisk(8 * 2 ** 20);
    if (typeof opened === "string") {
      context.skip(opened);
      return;
    }
    await using disk = opened;
    const { root, environment } = foo();
    await using node = NodeProcess.spawn({
      dataDirectory: root,
      program: [join(root, "bin/foo"), "start"],
      launcher: disk.launcher,
      env: { ...environment, KV_DATA_DIR: join(disk.path, "data") },
    });
    await using client = await LineClient.connect(await node.accepting());
    const value = "x".repeat(20_000);
    assert.deepEqual(await client.ask("CREATE b"), ["OK"]);
    assert.deepEqual(await client.ask(`PUT b k0 ${value}`), ["OK"]);

    const ballast = join(disk.outsidePath, "ballast");
    const { bavail, bsize } = statfsSync(disk.outsidePath);
    writeFileSync(ballast, new Uint8Array(bavail * bsize));
    let reply = "OK";
    for (let count = 1; reply === "OK"; count++) {
      [reply = ""] = await client.ask(`PUT b k${count} ${value}`);
    }
    assert.match(reply, /^ERROR the write may have been applied: .*disk full/u);
    assert.match((await client.ask("PUT b later v"))[0] ?? "", /was not applied: .*disk full/u);
    assert.deepEqual(await client.ask("GET b k0", 2), [value, "OK"]);
    assert.match(
      await foo().printed("kv", "status"),
      /^ +writable: no\n +read only reason: there is no space left on the disk/mu,
    );
    assert.equal(await foo().printed("rpc", "console.log(node.name)"), "foo\n");

    rmSync(ballast);
    await node.logged(/"type":"writes-resumed"/u);
    assert.deepEqual(await client.ask("PUT b later v"), ["OK"]);
    await foo().printed("stop");
    assert.deepEqual(await node.exit(), { code: 0, signal: null });
    assert.equal(node.stderr, "");
  });
});
