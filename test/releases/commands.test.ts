import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import type { Operated } from "../harness/operator.ts";
import {
  fuseCookie,
  type FuseReleases,
  fuseVersion,
  openFuseReleases,
  otherVersion,
} from "./fuse.ts";
import type { Released } from "./released.ts";
import { runTool } from "./run-tool.ts";

/** Debian's nobody. */
const NOBODY = 65_534;

let releases: FuseReleases;

before(async () => {
  releases = await openFuseReleases(["permanent", "stranger"], ["permanent"]);
});
after(() => releases[Symbol.asyncDispose]());

function permanent(variables: Readonly<Record<string, string>> = {}): Released {
  return releases.release("permanent", variables);
}

/** What a command is to print and to end with. */
interface Expected {
  readonly code: number;
  readonly stdout?: RegExp;
  readonly stderr?: RegExp;
  readonly input?: string;
}

function assertRun(run: Operated, { code, stdout, stderr }: Expected, what: string): void {
  const told = `${what}: ${JSON.stringify(run)}`;
  assert.equal(run.code, code, told);
  assert.match(run.stdout, stdout ?? /^$/u, told);
  assert.match(run.stderr, stderr ?? /^$/u, told);
}

async function assertAll(
  release: Released,
  table: Readonly<Record<string, Expected>>,
): Promise<void> {
  for (const [words, expected] of Object.entries(table)) {
    const run = await release.run(words.split(" "), {}, expected.input);
    assertRun(run, expected, words);
  }
}

const elsewhere = process.platform === "linux" ? false : "what a process is, is asked of Linux";

suite("every command", { skip: elsewhere }, () => {
  const down: Expected = {
    code: 1,
    stderr:
      /^Cannot reach node "permanent": it does not run here \(nothing answers at "[^\n]*permanent\.sock"\)\n$/u,
  };
  const notHere: Expected = {
    code: 1,
    stderr: /^permanent does not run here; bin\/permanent start starts it\n$/u,
  };

  test("of a node that is down", async () => {
    await assertAll(permanent(), {
      "rpc 1": down,
      remote: { ...down, input: "1\n" },
      "weather status": down,
      restart: notHere,
      stop: notHere,
      pid: { code: 1, stderr: /^permanent does not run here; permanent start starts it\n$/u },
      config: {
        code: 0,
        stdout: /^fuse\.password +default$/mu,
        stderr: /^permanent does not run here: this is what its next start is given\n$/u,
      },
      "eval console.log(args,env.get('station','scale')) a b": {
        code: 0,
        stdout: /^\[ 'a', 'b' \] celsius\n$/u,
      },
      "eval process.exitCode=7": { code: 7 },
      "eval boom()": { code: 1, stderr: /^Uncaught ReferenceError: boom is not defined\n/u },
      version: { code: 0, stdout: /^permanent 1\.2\.0\n$/u },
      verify: { code: 0, stdout: /^permanent-1\.2\.0: \d+ files, \d+ bytes, as assembled\n$/u },
      help: { code: 0, stdout: /^Usage: permanent COMMAND/u },
      nothing: { code: 1, stderr: /^Usage: permanent COMMAND/u },
      "": { code: 1, stderr: /^Usage: permanent COMMAND/u },
    });
  });

  test("of a node that runs", async () => {
    await using node = await permanent().start();
    const again = new RegExp(`^permanent runs already, as process ${node.pid}.*\\n$`, "u");
    await assertAll(permanent(), {
      "rpc --print node.name": { code: 0, stdout: /^'permanent'\n$/u },
      "rpc boom()": { code: 1, stderr: /^Uncaught ReferenceError: boom is not defined\n/u },
      remote: { code: 0, input: "1 + 1\n", stdout: /^2\n$/u },
      "weather report oslo 3": { code: 0, stdout: /^OK\n$/u },
      "weather readings": { code: 0, stdout: /^oslo 3\n$/u },
      config: { code: 0, stdout: /^fuse\.password +default$/mu },
      "eval console.log(1)": { code: 0, stdout: /^1\n$/u },
      pid: { code: 0, stdout: new RegExp(`^${node.pid}\n$`, "u") },
      version: { code: 0, stdout: /^permanent 1\.2\.0\n$/u },
      start: { code: 1, stderr: again },
      start_repl: { code: 1, stderr: again },
      start_iex: { code: 1, stderr: again },
      daemon: { code: 1, stderr: again },
      daemon_repl: { code: 1, stderr: again },
      restart: { code: 0 },
      stop: { code: 0 },
    });
    assert.deepEqual(await node.exit(), { code: 0, signal: null });
  });
});

suite("an operator who is not let in", { skip: elsewhere }, () => {
  const wrongCookie: Expected = {
    code: 1,
    stderr:
      /^Cannot talk to node "permanent": its cookie is another one; set RELEASE_COOKIE to the cookie that it was started with\n$/u,
  };

  test("reads that the cookie is another one, also of those who know the node by its process", async () => {
    await using node = await permanent().start();
    const table = {
      "rpc 1": wrongCookie,
      remote: wrongCookie,
      "weather status": wrongCookie,
      config: wrongCookie,
      restart: wrongCookie,
    };
    await assertAll(permanent({ RELEASE_COOKIE: "another" }), table);
    // Another release has its own folder, and only the socket to find the node by.
    const stranger = releases.release("stranger", { RELEASE_NODE: "permanent" });
    await assertAll(stranger, { ...table, stop: wrongCookie });
    assert.ok(node.running);
    assert.doesNotMatch(node.stdout, /"type":"signal"/u, "nothing was restarted");
    const said = node.stdout.split("\n").filter((line) => line.includes("control-wrong-cookie"));
    assert.equal(said.length, 2 * Object.keys(table).length + 1);
  });

  test("of another version is served where both say the same, and told where they do not", async () => {
    await using _ = await permanent().start();
    const other = permanent({ RELEASE_VSN: otherVersion });
    assert.equal(await other.printed("version"), `permanent ${otherVersion}\n`);
    const program = join(other.root, `lib/permanent-${otherVersion}/release.mjs`);
    const text = await readFile(program, "utf8");
    // What the bundler makes of the protocol's version, wherever it is said or looked at.
    const versions = /\bprotocol(?<said>: | !== )1\b/gu;
    assert.equal(text.match(versions)?.length, 4);
    const status = JSON.parse(await other.printed("weather", "status", "--json"));
    assert.equal(status.version, fuseVersion);
    await writeFile(program, text.replaceAll(versions, "protocol$<said>2"));
    const refused: Expected = {
      code: 1,
      stderr:
        /^Cannot talk to node "permanent": it is of another version; use the program that it was started with\n$/u,
    };
    await assertAll(other, {
      "rpc 1": refused,
      remote: refused,
      "weather status": refused,
      restart: refused,
    });
  });

  test("because the release is another user's reads whose file it is", {
    skip: elsewhere || whyNobodyCannotRun(),
  }, async () => {
    await using node = await permanent().start();
    const { root, environment } = permanent();
    const asNobody = (words: string, variables = {}): Promise<Operated> =>
      runTool([join(root, "bin/permanent"), ...words.split(" ")], {
        cwd: "/",
        env: { ...environment, ...variables },
        user: NOBODY,
      });
    const anothers = (file: string): Expected => ({
      code: 1,
      stderr: new RegExp(`^${root}/${file} is another user's to read; run this as .*\\n$`, "u"),
    });
    for (const words of ["start", "daemon", "rpc 1", "remote", "weather status", "restart"]) {
      assertRun(await asNobody(words), anothers("releases/COOKIE"), words);
    }
    for (const words of ["stop", "pid"]) {
      assertRun(await asNobody(words), anothers("tmp/permanent\\.pid"), words);
    }
    const known = { RELEASE_COOKIE: fuseCookie };
    for (const words of ["stop", "daemon", "restart"]) {
      assertRun(await asNobody(words, known), anothers("tmp/permanent\\.pid"), words);
    }
    const run = await asNobody("rpc 1", known);
    const stderr = /^Cannot use "[^"]+" for control sockets: it belongs to another user .*\n$/u;
    assertRun(run, { code: 1, stderr }, "rpc with the cookie");
    assertRun(await asNobody("version"), { code: 0, stdout: /^permanent / }, "version");
    assert.ok(node.running);
  });
});

/** Why another user cannot be had here, `false` where one can. */
function whyNobodyCannotRun(): string | false {
  if (process.getuid?.() !== 0) return "only root can run a command as another user";
  const { status } = spawnSync(process.execPath, ["--version"], { uid: NOBODY, gid: NOBODY });
  return status === 0 ? false : `another user may not run ${process.execPath}`;
}

suite("what a node is told in secret", { skip: elsewhere }, () => {
  test("is neither in its log, nor in its configuration, nor in the arguments of its process", async () => {
    await using node = await permanent().start({ FUSE_PASSWORD: "opensesame" });
    const telling = permanent({ FUSE_PASSWORD: "opensesame" });
    const told = [
      await telling.printed("config"),
      await telling.printed("config", "--json"),
      await telling.printed("weather", "status", "--json"),
      (await telling.run(["rpc", "env.put('fuse', 'password', 7)"])).stderr,
      await readFile(`/proc/${node.pid}/cmdline`, "utf8"),
    ];
    await telling.printed("restart");
    told.push(await readFile(`/proc/${node.pid}/cmdline`, "utf8"));
    await telling.printed("stop");
    await node.exit();
    told.push(node.stdout, node.stderr);
    for (const text of told) assert.doesNotMatch(text, /opensesame|weknoweachother/u);
    assert.match(told[0] ?? "", /^fuse\.password +\*{8} +FUSE_PASSWORD in /mu);
  });
});
