import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  type Launched,
  openLauncherScene,
  type LauncherScene,
} from "../../testing/launcher-scene.ts";

/** What every test here begins with; each leaves it as it was. */
let scene: LauncherScene;
/** For links. */
let elsewhere: string;

before(async () => {
  scene = await openLauncherScene();
  elsewhere = await realpath(await mkdtemp(join(tmpdir(), "kv else where ")));
  await scene.write("releases/COOKIE", "a cookie", 0o600);
});
after(async () => {
  await rm(elsewhere, { recursive: true });
  await scene[Symbol.asyncDispose]();
});

const shells = ["/usr/bin/dash", "/bin/bash", "/bin/busybox"].filter((path) => existsSync(path));

const root = async (path: string, cwd = "/", shell?: string): Promise<string | undefined> => {
  const launch = shell === undefined ? { path, cwd } : { path, cwd, shell };
  const { stdout } = await scene.run(["start"], launch);
  return /^RELEASE_ROOT=(.*)$/mu.exec(stdout)?.[1];
};

const startNamed = async (node: string): Promise<Launched> =>
  await scene.run(["start"], { variables: { RELEASE_DISTRIBUTION: "name", RELEASE_NODE: node } });

describe("bin/NAME start", () => {
  for (const shell of shells) {
    test(`gives Node the program, the command and the words under ${shell}`, async () => {
      const { release } = scene;
      const words = ["a b", "*", "$HOME `id` $(id)", "", "--", "-n", "\\n", "two\nlines", "'\""];
      const { code, stdout, stderr } = await scene.run(["start", ...words], { shell });
      const program = join(release.path, "lib/toy-1.0.0/main.mjs");
      const told = [program, "start", ...words].map((word) => `[${word}]\n`).join("");
      assert.equal(stderr, "");
      assert.equal(code, 7, "the exit code is Node's");
      assert.equal(stdout.slice(0, told.length), told);
    });
  }

  test("sets what a node and its operators have to know", async () => {
    const { release } = scene;
    const { stdout } = await scene.run(["start"], { cwd: elsewhere });
    const version = join(release.path, "releases/1.0.0");
    assert.deepEqual(stdout.trim().split("\n").slice(2), [
      `in ${elsewhere}`,
      "umask 0077",
      "RELEASE_COMMAND=start",
      "RELEASE_COOKIE=a cookie",
      "RELEASE_DISTRIBUTION=sname",
      "RELEASE_MODE=embedded",
      "RELEASE_NAME=toy",
      "RELEASE_NODE=toy",
      "RELEASE_PROG=toy",
      `RELEASE_REMOTE_VM_ARGS=${version}/remote.vm.args`,
      `RELEASE_ROOT=${release.path}`,
      `RELEASE_SYS_CONFIG=${version}/runtime.mjs`,
      `RELEASE_TMP=${release.path}/tmp`,
      `RELEASE_VM_ARGS=${version}/vm.args`,
      "RELEASE_VSN=1.0.0",
    ]);
  });

  test("leaves alone what its caller has set", async () => {
    const given = {
      RELEASE_COOKIE: "another",
      RELEASE_DISTRIBUTION: "none",
      RELEASE_NODE: "toy2@host",
      RELEASE_PROG: "the toy",
      RELEASE_SYS_CONFIG: "/etc/toy.mjs",
      RELEASE_TMP: "/run/toy",
    };
    const { stdout } = await scene.run(["start"], { variables: given });
    for (const [name, value] of Object.entries(given)) {
      assert.ok(stdout.includes(`\n${name}=${value}\n`), `${name} in ${stdout}`);
    }
  });

  test("forgets what the script of another release has set, whose node calls it", async () => {
    const variables = { RELEASE_ROOT: elsewhere, RELEASE_NAME: "other", RELEASE_COOKIE: "other" };
    const { stdout } = await scene.run(["start"], { variables });
    assert.match(stdout, /^RELEASE_COOKIE=a cookie$/mu);
    assert.match(stdout, /^RELEASE_NAME=toy$/mu);
  });

  test("refuses a RELEASE_DISTRIBUTION that is none of three", async () => {
    const variables = { RELEASE_DISTRIBUTION: "long" };
    assert.deepEqual(await scene.run(["start"], { variables }), {
      code: 1,
      stdout: "",
      stderr: 'RELEASE_DISTRIBUTION is sname, name or none, not "long"\n',
    });
  });

  test("wants the full name of a host for the distribution by name", async () => {
    for (const node of ["toy", "toy@host"]) {
      const { code, stderr } = await startNamed(node);
      assert.equal(code, 1);
      assert.equal(
        stderr,
        `RELEASE_DISTRIBUTION=name wants the full name of the host in RELEASE_NODE, such as toy@host.example.org, not "${node}"\n`,
      );
    }
    for (const node of ["toy@host.example.org", "toy@10.0.0.7", "toy@fd00::7"]) {
      assert.equal((await startNamed(node)).code, 7, node);
    }
  });

  test("is Node itself then: a signal reaches it under the same number", async () => {
    await scene.writeVersion("start.sh", await sleeping());
    const child = spawn(scene.launcher, ["start"], { env: { PATH: "/usr/bin:/bin" } });
    const [told] = await once(child.stdout, "data");
    assert.equal(String(told), `${child.pid}\n`);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "close"), [null, "SIGTERM"]);
    await scene.writeVersion("start.sh", await started());
  });
});

let startFile: string | undefined;

/** What `start.sh` was at first. */
async function started(): Promise<string> {
  startFile ??= await scene.read("releases/1.0.0/start.sh");
  return startFile;
}

/** A `start.sh` with a Node that prints its number and does not end. */
async function sleeping(): Promise<string> {
  await scene.write("sleeping", "#!/bin/sh\necho $$\nexec sleep 60\n", 0o755);
  return `${await started()}\nRELEASE_RUNTIME=sleeping\n`;
}

describe("the folder of the release is found", () => {
  test("from its own folder, by ./toy, by a relative path, and when sh is given the name only", async () => {
    const { path } = scene.release;
    assert.equal(await root("./toy", join(path, "bin")), path);
    assert.equal(await root("./bin/../bin/toy", path), path);
    assert.equal(await root("toy", join(path, "bin"), "/bin/sh"), path);
  });

  test("through links: absolute, relative, several, to a folder above", async () => {
    const { path } = scene.release;
    await mkdir(join(elsewhere, "bin"));
    await symlink(scene.launcher, join(elsewhere, "bin", "absolute"));
    await symlink("bin/absolute", join(elsewhere, "relative"));
    await symlink("../relative", join(elsewhere, "bin", "chain"));
    await symlink(path, join(elsewhere, "current"));
    assert.equal(await root(join(elsewhere, "bin", "absolute")), path);
    assert.equal(await root("./relative", elsewhere), path);
    assert.equal(await root("bin/chain", elsewhere), path);
    assert.equal(await root("current/bin/toy", elsewhere), path);
  });

  test("through the caller's path", async () => {
    const { path } = scene.release;
    const variables = { PATH: `/usr/bin:/bin:${join(path, "bin")}`, CDPATH: "/usr" };
    const { stdout } = await scene.run(["-c", "toy start"], { path: "/bin/sh", variables });
    assert.match(stdout, new RegExp(`^RELEASE_ROOT=${path}$`, "mu"));
  });
});

describe("RELEASE_VSN", () => {
  test("selects a version that is there beside the default one", async () => {
    await scene.addVersion("1.1.0");
    const { stdout } = await scene.run(["version"], { variables: { RELEASE_VSN: "1.1.0" } });
    assert.equal(stdout, "toy 1.1.0\n");
    assert.equal((await scene.run(["version"])).stdout, "toy 1.0.0\n");
    await scene.remove("releases/1.1.0");
  });

  for (const version of ["9", "../releases/1.0.0", "1.0.0/", " "]) {
    test(`"${version}" is none: those there are are listed`, async () => {
      assert.deepEqual(await scene.run(["version"], { variables: { RELEASE_VSN: version } }), {
        code: 1,
        stdout: "",
        stderr: `There is no version ${version} of toy here; there are 1.0.0\n`,
      });
    });
  }

  test("says what is missing where no version is the default", async () => {
    await scene.remove("releases/default-version");
    const { code, stderr } = await scene.run(["start"]);
    assert.equal(code, 1);
    assert.match(stderr, /^\S.*default-version, which names the version to start, is not there/u);
    await scene.write("releases/default-version", "1.0.0\n");
  });
});

describe("env.sh", () => {
  test("is told the command and its words, and what it sets counts", async () => {
    const text = await scene.read("releases/1.0.0/env.sh");
    await scene.writeVersion(
      "env.sh",
      'export FROM_WORDS="$#:$1" FROM_COMMAND="$RELEASE_COMMAND@$RELEASE_VSN"\nRELEASE_NODE=named\nRELEASE_PROGRAM=/bin/false\nset -- other\nfalse\n',
    );
    const { stdout } = await scene.run(["start", "a b", "c"]);
    assert.match(stdout, /^\[.*main\.mjs\]\n\[start\]\n\[a b\]\n\[c\]\n/u);
    assert.match(stdout, /^FROM_WORDS=2:a b$/mu);
    assert.match(stdout, /^FROM_COMMAND=start@1\.0\.0$/mu);
    assert.match(stdout, /^RELEASE_NODE=named$/mu);
    await scene.writeVersion("env.sh", text);
  });

  test("need not be there", async () => {
    const text = await scene.read("releases/1.0.0/env.sh");
    await scene.remove("releases/1.0.0/env.sh");
    assert.equal((await scene.run(["start"])).code, 7);
    await scene.writeVersion("env.sh", text);
  });
});

describe("the commands", () => {
  test("help is printed", async () => {
    const { code, stdout, stderr } = await scene.run(["help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^Usage: toy COMMAND/u);
    assert.match(stdout, /^ {2}toys COMMAND {4}looks after the node/mu);
  });

  for (const words of [[], ["nothing"], ["--verbose"], [""]]) {
    test(`${JSON.stringify(words)} gets the usage on standard error, and 1`, async () => {
      const { code, stdout, stderr } = await scene.run(words);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(stderr, (await scene.run(["help"])).stdout);
    });
  }

  for (const command of ["stop", "config", "verify", "toys"]) {
    test(`${command} is for Node, with the flags of remote.vm.args`, async () => {
      await scene.writeVersion("remote.vm.args", "--remote");
      const { stdout } = await scene.run([command, "x y"]);
      assert.match(
        stdout,
        new RegExp(`^\\[--remote\\]\\n\\[.*main\\.mjs\\]\\n\\[${command}\\]\\n\\[x y\\]\\n`, "u"),
      );
      await scene.writeVersion("remote.vm.args", "");
    });
  }
});
