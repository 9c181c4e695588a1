import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, suite, test } from "node:test";
import { findProgram } from "../harness/find-program.ts";
import type { Operated } from "../harness/operator.ts";
import { runRelease, runToolOnTerminal } from "./run-tool.ts";
import { copyUmbrella, type UmbrellaCopy } from "./umbrella-copy.ts";

let umbrella: UmbrellaCopy;

before(async () => {
  umbrella = await copyUmbrella();
});
after(() => umbrella[Symbol.asyncDispose]());
afterEach(() => rm(join(umbrella.weather, "_build"), { recursive: true, force: true }));

/** Writes `text` as what weather's releases.ts exports, and asks for a release of it. */
async function refused(text: string, words: readonly string[] = ["weather"]): Promise<string> {
  await writeFile(join(umbrella.weather, "releases.ts"), `export const releases = ${text};\n`);
  return refusalOf(await runRelease(words, { cwd: umbrella.weather }));
}

/** The one message on standard error, of a run that did nothing else. */
function refusalOf({ code, stdout, stderr }: Operated): string {
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  assert.doesNotMatch(stderr, /\n {4}at /u, "no stack");
  assert.equal(existsSync(join(umbrella.root, "_build")), false);
  assert.equal(existsSync(join(umbrella.weather, "_build")), false);
  return stderr.trimEnd();
}

suite("npm run release refuses, in one message and with exit code 1", () => {
  test("no name, where there are several releases", async () => {
    const message = refusalOf(await runRelease([], { cwd: umbrella.root }));
    assert.equal(message, "There are several releases: foo, bar, front; say which one");
  });

  test("an unknown name, and lists those that are known", async () => {
    const message = refusalOf(await runRelease(["qux"], { cwd: umbrella.root }));
    assert.equal(message, 'There is no release "qux"; there are foo, bar, front');
  });

  test("another name than its own, of a single application without releases.ts", async () => {
    const message = refusalOf(await runRelease(["qux"], { cwd: umbrella.greeter }));
    assert.equal(message, 'There is no release "qux"; without releases.ts there is only greeter');
  });

  test("an umbrella without releases, and teaches what to write", async () => {
    await rm(join(umbrella.weather, "releases.ts"), { force: true });
    const message = refusalOf(await runRelease([], { cwd: umbrella.weather }));
    assert.match(message, /It has station, station-http\./u);
    const [, written = ""] = message.split(":\n\n");
    assert.match(written, /import type \{ Releases \} from "@kv\/release";/u);
    // What it teaches is a releases.ts that the next attempt does not mind.
    await writeFile(join(umbrella.weather, "releases.ts"), written);
    const { code, stderr } = await runRelease(["qux"], { cwd: umbrella.weather });
    assert.equal(code, 1);
    assert.match(stderr, /^There is no release "qux"; .*weather$/mu);
  });

  test("an application that is not there", async () => {
    const message = await refused(`{ weather: { applications: { statoin: "permanent" } } }`);
    assert.match(
      message,
      /names the application statoin, which is not there; did you mean station/u,
    );
  });

  test("a permanent application over one that is only loaded", async () => {
    const message = await refused(
      `{ weather: { applications: { "station-http": "permanent", station: "load" } } }`,
    );
    assert.match(message, /starts station-http, which needs station, and has station as load/u);
  });

  test("options that do not exist, or cannot be so", async () => {
    const message = await refused(
      `{ weather: { applications: { station: "always" }, overlay: "x", cookie: "two words" } }`,
    );
    assert.match(message, /applications\.station: expected permanent, transient/u);
    assert.match(message, /there is no option overlay, did you mean overlays\?/u);
    assert.match(message, /cookie: expected ASCII characters without white space/u);
  });

  test("steps without an assembly, or that pack before it", async () => {
    assert.match(
      await refused(`{ weather: { applications: { station: "permanent" }, steps: [] } }`),
      /just once/u,
    );
    const early = `{ weather: { applications: { station: "permanent" }, steps: ["tar", "assemble"] } }`;
    assert.match(await refused(early), /expected "tar" behind "assemble"/u);
  });

  test("files that are named and not there", async () => {
    for (const option of ["overlays", "runtimeConfigPath", "includeRuntime"]) {
      const message = await refused(
        `{ weather: { applications: { station: "permanent" }, ${option}: "nowhere/at-all" } }`,
      );
      assert.match(message, new RegExp(`${option}: "nowhere/at-all", which is not there`, "u"));
    }
  });

  test("a function that makes a release and throws", async () => {
    const message = await refused(`{ weather: () => { throw new Error("no idea") } }`);
    assert.equal(message, "The function that makes the release weather throws: Error: no idea");
  });

  test("a platform that Node is not there for", async () => {
    const options = { cwd: umbrella.root };
    const message = refusalOf(await runRelease(["foo", "--target", "plan9-mips"], options));
    assert.match(message, /plan9-mips.*linux-x64, linux-arm64, darwin-x64, darwin-arm64, win-x64/u);
  });

  test("a version that leads out of the release's folder", async () => {
    const options = { cwd: umbrella.root };
    const message = refusalOf(await runRelease(["foo", "--overwrite", "--version=.."], options));
    assert.match(message, /^"\.\." cannot be the version of a release: /u);
  });

  test("an environment that leads elsewhere", async () => {
    const options = { cwd: umbrella.root, env: { KV_ENV: "../x" } };
    const message = refusalOf(await runRelease(["foo"], options));
    assert.match(message, /^KV_ENV is "\.\.\/x", which cannot be an environment: /u);
  });

  test("unknown options, with exit code 64", async () => {
    const { code, stdout, stderr } = await runRelease(["foo", "--owerwrite"], {
      cwd: umbrella.root,
    });
    assert.deepEqual([code, stdout], [64, ""]);
    assert.match(stderr, /--owerwrite.*\n.*--overwrite/u);
  });
});

/** A releases.ts with the release weather. */
function weatherWith(further: string): string {
  return `export const releases = { weather: { applications: { station: "permanent" }, ${further} } };\n`;
}

suite("npm run release given up", () => {
  test("in the midst ends with 130, and what is half done can be assembled again", async () => {
    const file = join(umbrella.weather, "releases.ts");
    const steps = `[function giveUp(release) { const alive = setInterval(() => {}, 1000); return new Promise((go) => { process.once("SIGINT", () => { clearInterval(alive); go(release); }); process.kill(process.pid, "SIGINT"); }); }, "assemble"]`;
    await writeFile(file, weatherWith(`steps: ${steps}`));
    const givenUp = await runRelease(["weather"], { cwd: umbrella.weather });
    assert.equal(givenUp.code, 130, givenUp.stderr);
    assert.equal(
      givenUp.stderr,
      "Given up; what is half done has no manifest: assemble it again, with --overwrite\n",
    );
    await writeFile(file, weatherWith(""));
    const again = await runRelease(["weather", "--overwrite"], { cwd: umbrella.weather });
    assert.equal(again.code, 0, again.stderr);
  });

  test("at the question changes nothing", {
    skip: findProgram("script") === undefined,
  }, async () => {
    await writeFile(join(umbrella.weather, "releases.ts"), weatherWith(""));
    const first = await runRelease(["weather"], { cwd: umbrella.weather });
    assert.equal(first.code, 0, first.stderr);
    const options = { cwd: umbrella.weather, typed: "n\r" };
    const { code, stdout } = await runToolOnTerminal("tools/release.ts", ["weather"], options);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /weather-[\d.]+ is there already, in .* Overwrite it\? \[y\/N\]/u);
    assert.match(stdout, /assemble it again with npm run release -- weather --overwrite/u);
  });
});
