import assert from "node:assert/strict";
import { chmod, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openLauncherScene, type LauncherScene } from "../../testing/launcher-scene.ts";
import { processMark } from "../boot/process-mark.ts";

/** What every test here begins with; each leaves it as it was. */
let scene: LauncherScene;

before(async () => {
  scene = await openLauncherScene();
});
after(async () => await scene[Symbol.asyncDispose]());

/** Debian's nobody. */
const NOBODY = 65_534;

const needsRoot =
  process.getuid?.() === 0 ? {} : { skip: "only root can run a command as another user" };

const flags = async (text: string): Promise<readonly string[]> => {
  await scene.writeVersion("vm.args", text);
  const { stdout, stderr } = await scene.run(["start"]);
  await scene.writeVersion("vm.args", "");
  assert.equal(stderr, "");
  const words = stdout.split("\n");
  return words.slice(
    0,
    words.findIndex((word) => word.endsWith("main.mjs]")),
  );
};

const cookieOf = ({ stdout }: { stdout: string }): string | undefined =>
  /^RELEASE_COOKIE=(.*)$/mu.exec(stdout)?.[1];

const withStart = async (lines: string, launch = {}): Promise<string> => {
  const text = await scene.read("releases/1.0.0/start.sh");
  await scene.writeVersion("start.sh", `${text}${lines}\n`);
  const { code, stdout, stderr } = await scene.run(["start"], {
    variables: { RELEASE_COOKIE: "a", ...launch },
  });
  await scene.writeVersion("start.sh", text);
  assert.deepEqual([code, stdout], [1, ""]);
  return stderr;
};

describe("vm.args", () => {
  test("holds several flags a line, comments, empty lines, and a last line without its end", async () => {
    const text = "# about\n\n--one --two=2\t--three # and so\n  \t\n  # four\n--five#5\r\n--six";
    const found = ["[--one]", "[--two=2]", "[--three]", "[--five#5]", "[--six]"];
    assert.deepEqual(await flags(text), found);
  });

  test("has one kind of quotation marks, which may begin anywhere in a word", async () => {
    assert.deepEqual(await flags(`"--title=a  b" --x="# c"d "--y"\n--z='e\n`), [
      "[--title=a  b]",
      "[--x=# cd]",
      "[--y]",
      "[--z='e]",
    ]);
  });

  test("is never run: nothing else has a meaning", async () => {
    const text = "--a=$HOME --b=`id` --c=$(id) --d=* --e=\\n ;id --f=~ & | > /tmp/g\n";
    const words = text.trim().split(" ");
    assert.deepEqual(
      await flags(text),
      words.map((word) => `[${word}]`),
    );
  });

  for (const [text, problem] of [
    ['--a\n--b="c\n', "2: a quotation mark is missing"],
    ['--a ""\n', "1: there is nothing between the quotation marks"],
  ] as const) {
    test(`${JSON.stringify(text)} is refused with its line`, async () => {
      await scene.writeVersion("vm.args", text);
      const { code, stdout, stderr } = await scene.run(["start"]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(stderr, `${join(scene.release.path, "releases/1.0.0/vm.args")}:${problem}\n`);
      await scene.writeVersion("vm.args", "");
    });
  }

  test("may be another file, by RELEASE_VM_ARGS, which has to be there", async () => {
    await scene.write("other.args", "--other");
    const run = (name: string) =>
      scene.run(["start"], {
        cwd: scene.release.path,
        variables: { RELEASE_VM_ARGS: name },
      });
    assert.match((await run("other.args")).stdout, /^\[--other\]\n/u);
    assert.equal(
      (await run("nowhere.args")).stderr,
      "nowhere.args, which holds flags of Node, is not there or may not be read\n",
    );
  });
});

describe("the cookie", () => {
  test("is made by the first start, for its user alone, and kept", async () => {
    await scene.remove("releases/COOKIE");
    const first = cookieOf(await scene.run(["start"]));
    assert.match(first ?? "", /^[0-9a-f]{64}$/u);
    assert.equal(cookieOf(await scene.run(["start"])), first);
    assert.equal(await scene.read("releases/COOKIE"), `${first}\n`);
    const { mode } = await stat(join(scene.release.path, "releases/COOKIE"));
    assert.equal(mode & 0o777, 0o600);
  });

  test("is one when many start at once, and no draft of it is left", async () => {
    await scene.remove("releases/COOKIE");
    const starts = Array.from({ length: 12 }, async () => cookieOf(await scene.run(["start"])));
    const cookies = new Set(await Promise.all(starts));
    assert.equal(cookies.size, 1, [...cookies].join(" "));
    assert.deepEqual((await readdir(join(scene.release.path, "releases"))).toSorted(), [
      "1.0.0",
      "COOKIE",
      "default-version",
    ]);
  });

  test("is that of another start, which was first while this one drew its own", async () => {
    await scene.remove("releases/COOKIE");
    const { path } = scene.release;
    const first = `#!/bin/sh\necho other >"${path}/releases/COOKIE"\nexec /usr/bin/od "$@"\n`;
    await scene.write("slow/od", first, 0o755);
    const variables = { PATH: `${path}/slow:/usr/bin:/bin` };
    assert.equal(cookieOf(await scene.run(["start"], { variables })), "other");
    assert.equal(await scene.read("releases/COOKIE"), "other\n");
    await scene.remove("slow");
  });

  test("is made by no other command", async () => {
    await scene.remove("releases/COOKIE");
    for (const command of ["pid", "version", "verify", "toys", "config", "stop", "help"]) {
      const ended = await scene.run([command]);
      assert.equal(cookieOf(ended), undefined, command);
    }
    assert.ok(!(await readdir(join(scene.release.path, "releases"))).includes("COOKIE"));
  });

  test("is not made when the caller has one", async () => {
    const ended = await scene.run(["start"], { variables: { RELEASE_COOKIE: "given" } });
    assert.equal(cookieOf(ended), "given");
    assert.ok(!(await readdir(join(scene.release.path, "releases"))).includes("COOKIE"));
  });

  test("is refused when its file is empty", async () => {
    await scene.write("releases/COOKIE", "");
    const { code, stderr } = await scene.run(["start"]);
    assert.equal(code, 1);
    assert.match(stderr, /^\S.*COOKIE is empty; remove it, or write a cookie into it\n$/u);
  });

  test("of another user: one line, only where it is needed", needsRoot, async () => {
    await scene.write("releases/COOKIE", "secret", 0o600);
    for (const command of ["start", "toys", "config"]) {
      const { code, stdout, stderr } = await scene.run([command], { user: NOBODY });
      assert.deepEqual([code, stdout], [1, ""], command);
      assert.match(
        stderr,
        /^[^\n]*COOKIE is another user's to read; run this as that user, or set RELEASE_COOKIE\n$/u,
      );
    }
    assert.equal((await scene.run(["version"], { user: NOBODY })).stdout, "toy 1.0.0\n");
    const given = { user: NOBODY, variables: { RELEASE_COOKIE: "given" } };
    assert.equal(cookieOf(await scene.run(["toys"], given)), "given");
  });

  test("that this user cannot make: one line", needsRoot, async () => {
    await scene.remove("releases/COOKIE");
    const { code, stdout, stderr } = await scene.run(["start"], { user: NOBODY });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^[^\n]*COOKIE is not there, and cannot be made by this user; [^\n]*\n$/u);
  });
});

describe("pid", () => {
  const { pid } = process;
  const mark = processMark(pid);

  for (const [what, text] of [
    ["no file", undefined],
    ["an empty file", ""],
    ["half a file", `${pid}`],
    ["no number", `-1\n${mark}\n`],
    ["a process that has ended", `99999999\n${mark}\n`],
    ["another process under the same number", `${pid}\n1${mark}\n`],
  ] as const) {
    test(`${what}: the node does not run`, async () => {
      if (text !== undefined) await scene.write("tmp/toy.pid", text);
      assert.deepEqual(await scene.run(["pid"]), {
        code: 1,
        stdout: "",
        stderr: "toy does not run here; toy start starts it\n",
      });
    });
  }

  test("prints the number of the process that runs, of the node that is named", async () => {
    await scene.remove("tmp/toy.pid");
    await scene.write("tmp/toy2.pid", `${pid}\n${mark}\n`);
    const variables = { RELEASE_NODE: "toy2" };
    const printed = { code: 0, stdout: `${pid}\n`, stderr: "" };
    assert.deepEqual(await scene.run(["pid"], { variables }), printed);
    assert.equal((await scene.run(["pid"])).code, 1);
  });

  test("needs no Node", async () => {
    const text = await scene.read("releases/1.0.0/start.sh");
    await scene.writeVersion("start.sh", `${text}RELEASE_RUNTIME=nowhere\n`);
    await scene.write("tmp/toy.pid", `${pid}\n${mark}\n`);
    assert.equal((await scene.run(["pid"])).stdout, `${pid}\n`);
    await scene.writeVersion("start.sh", text);
  });

  test("another user's folder: one line", needsRoot, async () => {
    await chmod(join(scene.release.path, "tmp"), 0o700);
    const { code, stderr } = await scene.run(["pid"], { user: NOBODY });
    assert.equal(code, 1);
    assert.match(stderr, /^[^\n]*tmp is another user's; run this as that user\n$/u);
  });
});

describe("Node", () => {
  test("of its own that is not there: one line", async () => {
    const node = join(scene.release.path, "nowhere");
    assert.equal(
      await withStart("RELEASE_RUNTIME=nowhere"),
      `The release's own Node, ${node}, is not there or may not be executed\n`,
    );
  });

  test("of the machine that is none, or another version: one line", async () => {
    const needs = `toy-1.0.0 needs Node ${process.versions.node}`;
    await scene.write("without/uname", "", 0o755);
    const without = { PATH: join(scene.release.path, "without") };
    assert.equal(
      await withStart("RELEASE_RUNTIME=", without),
      `${needs}, and there is no Node in the path\n`,
    );
    await scene.write("other/node", "#!/bin/sh\necho v24.1.0\n", 0o755);
    const other = join(scene.release.path, "other");
    assert.equal(
      await withStart("RELEASE_RUNTIME=", { PATH: `${other}:/usr/bin:/bin` }),
      `${needs}, and ${other}/node is v24.1.0\n`,
    );
  });

  test("of the machine that is just that version is taken", async () => {
    const text = await scene.read("releases/1.0.0/start.sh");
    await scene.writeVersion("start.sh", `${text}RELEASE_RUNTIME=\n`);
    const version = `v${process.versions.node}`;
    await scene.write(
      "same/node",
      `#!/bin/sh\n[ "$1" = --version ] && echo ${version} || echo ran\n`,
      0o755,
    );
    const variables = { PATH: `${join(scene.release.path, "same")}:/usr/bin:/bin` };
    assert.equal((await scene.run(["verify"], { variables })).stdout, "ran\n");
    await scene.writeVersion("start.sh", text);
  });

  for (const [said, told] of [
    [
      "node: error while loading shared libraries: libatomic.so.1: cannot open shared object file: No such file or directory",
      /^Node \S+ needs the library libatomic\.so\.1; install it \(Debian: apt-get install libatomic1\)\n$/u,
    ],
    [
      "node: error while loading shared libraries: libstdc++.so.6: cannot open shared object file: No such file or directory",
      /^Node \S+ needs the library libstdc\+\+\.so\.6; install it \(Debian: apt-get install libstdc\+\+6\)\n$/u,
    ],
    ["first line\nsecond line", /^\S.*broken\/node does not start: first line\n$/u],
  ] as const) {
    test(`that does not start for "${said.slice(0, 60)}" says what to do`, async () => {
      await scene.write("broken/node", `#!/bin/sh\necho '${said}' >&2\nexit 127\n`, 0o755);
      const path = { PATH: `${join(scene.release.path, "broken")}:/usr/bin:/bin` };
      assert.match(await withStart("RELEASE_RUNTIME=", path), told);
      // Of its own it is tried out only where a look at the machine makes one doubt.
      const own = "RELEASE_RUNTIME=broken/node RELEASE_TARGET=another";
      assert.match(await withStart(own), told);
    });
  }

  test("for another kind of machine: one line", async () => {
    await scene.write("foreign", "\u007fELF", 0o755);
    assert.match(
      await withStart("RELEASE_RUNTIME=foreign RELEASE_TARGET=win-x64"),
      /^toy-1\.0\.0 is made for win-x64, and this is [^\n]*\n$/u,
    );
  });
});
