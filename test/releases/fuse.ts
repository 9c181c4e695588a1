import assert from "node:assert/strict";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openMachine, type Released, withNode } from "./released.ts";
import { runRelease } from "./run-tool.ts";
import { copyUmbrella } from "./umbrella-copy.ts";

/** Releases of the weather's station beside a fuse. */
export interface FuseReleases extends AsyncDisposable {
  release(name: string, variables?: Readonly<Record<string, string>>): Released;
}

/** Their cookie. */
export const fuseCookie = "weknoweachother";

/** Their version; there is another one beside it of those that are called so in `twice`. */
export const fuseVersion = "1.2.0";
export const otherVersion = "2.0.0";

/**
 * Assembles the releases that are asked for: `permanent`, `transient`, `temporary`, which is the mode of their fuse, and `stranger`, which
 * has another cookie. In `rpc` the fuse can be had to end or fail, not to stop, and to wait: `fuse.end()`, `fuse.blow()`, `fuse.hold()`,
 * `fuse.wait()` until `fuse.release()`. Other users may look at them.
 */
export async function openFuseReleases(
  names: readonly string[],
  twice: readonly string[] = [],
): Promise<FuseReleases> {
  await using stack = new AsyncDisposableStack();
  const umbrella = stack.use(await copyUmbrella());
  const machine = stack.use(await openMachine());
  const { root, weather } = umbrella;
  await chmod(dirname(root), 0o755);
  await addFuse(weather);
  await writeFile(join(weather, "releases.ts"), releases);
  const assemble = async (...words: readonly string[]): Promise<void> => {
    const run = await runRelease([...words, "--quiet"], { cwd: weather });
    assert.equal(run.code, 0, run.stderr);
  };
  // The one that comes last is the one that starts.
  for (const name of twice) await assemble(name, "--version", otherVersion);
  for (const name of names) await assemble(name);
  const resources = stack.move();
  return {
    release: (name, variables = {}) =>
      machine.release(join(weather, "_build", "prod", "rel", name), { ...withNode, ...variables }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function addFuse(weather: string): Promise<void> {
  const folder = join(weather, "apps", "fuse");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "fuse.ts"), code);
  const runtime = join(weather, "config", "runtime.ts");
  const text = await readFile(runtime, "utf8");
  const line = '  fuse: { password: env.string("FUSE_PASSWORD") },\n';
  await writeFile(runtime, text.replace("  station: {", `${line}  station: {`));
}

const releases = `
const having = (fuse, cookie) => ({
  cookie,
  includeRuntime: false,
  applications: { station: "permanent", fuse },
});
export const releases = {
  permanent: having("permanent", "${fuseCookie}"),
  transient: having("transient", "${fuseCookie}"),
  temporary: having("temporary", "${fuseCookie}"),
  stranger: having("permanent", "another"),
};
`;

const manifest = {
  name: "@weather/fuse",
  version: fuseVersion,
  private: true,
  type: "module",
  application: { module: "./fuse.ts", export: "fuse" },
};

const code = `
import type { Application } from "@kv/application";
import { optional, string } from "valibot";

const environment = {
  password: { schema: optional(string()), default: undefined, doc: "Opens nothing.", secret: true },
};

class Blown extends Error {
  readonly name = "Blown";
  readonly kind = "operating-failure";
}

export const fuse: Application<typeof environment, object> = {
  name: "fuse",
  description: "Ends when it is told to.",
  dependencies: [],
  environment,
  shutdownMs: 60_000,
  shell: (api) => ({ fuse: { value: api, doc: "The fuse." } }),
  start: async (context) => {
    if (context.environment.password === "wet") throw new Blown("The fuse is wet");
    const ending = Promise.withResolvers<void>();
    const waiting = Promise.withResolvers<void>();
    const never = Promise.withResolvers<void>();
    let isHeld = false;
    return {
      api: {
        ticks: 0,
        end: () => ending.resolve(),
        blow: () => ending.reject(new Blown("The fuse has blown")),
        wait: () => waiting.promise,
        release: () => waiting.resolve(),
        hold: () => {
          isHeld = true;
        },
      },
      finished: ending.promise,
      [Symbol.asyncDispose]: async () => {
        if (isHeld) await never.promise;
      },
    };
  },
};
`;
