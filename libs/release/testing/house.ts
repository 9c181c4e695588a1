import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Assembly } from "../src/assemble/assembly.ts";
import type { ReleaseDefinition } from "../src/definition/release-definition.ts";
import { resolveRelease } from "../src/definition/resolve-release.ts";
import { findProject } from "../src/project/find-project.ts";
import type { Release } from "../src/release.ts";
import { targetOf } from "../src/runtime/targets.ts";

/** A small umbrella that lies elsewhere: a lamp, and a shade that needs it. */
export interface House extends AsyncDisposable {
  /** It has a space in it. */
  readonly root: string;
  /** Its release `name` as it is defined; the lamp alone by default. */
  release(definition?: ReleaseDefinition, name?: string): Promise<Release>;
}

/** Files by their names, relative to the project. */
export type Files = Readonly<Record<string, string>>;

/** An assembly that tells nobody; what is said is gathered in `said`. */
export function quietAssembly(said: string[] = []): Assembly {
  return {
    say: (line) => void said.push(line),
    progress: () => {},
    signal: new AbortController().signal,
    variables: {},
  };
}

/** Writes the umbrella into a new folder, with `files` beside or instead of its own. */
export async function openHouse(files: Files = {}): Promise<House> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "kv release ")));
  for (const [name, text] of Object.entries({ ...houseFiles, ...files })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const modules = join(import.meta.dirname, "../../../node_modules");
  await symlink(modules, join(root, "node_modules"));
  return {
    root,
    release: async (definition = {}, name = "lamp") =>
      await resolveRelease(
        await findProject(root),
        { name, definition: { applications: { lamp: "permanent" }, ...definition } },
        {
          configEnv: "prod",
          target: targetOf("linux-x64"),
          nodeVersion: process.versions.node,
        },
      ),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

const houseFiles: Files = {
  "package.json": JSON.stringify({
    name: "house",
    version: "1.2.0",
    type: "module",
    workspaces: ["apps/*"],
  }),
  "apps/lamp/package.json": JSON.stringify({
    name: "@house/lamp",
    version: "1.2.0",
    type: "module",
    application: { module: "./lamp.ts", export: "lamp" },
  }),
  "apps/shade/package.json": JSON.stringify({
    name: "@house/shade",
    version: "1.2.0",
    type: "module",
    application: { module: "./shade.ts", export: "shade" },
  }),
  "apps/lamp/lamp.ts": `
import { channel } from "node:diagnostics_channel";
import type { Application } from "@kv/application";
import { number, optional, pipe, minValue, string } from "valibot";

const events = channel("house.lamp");

const environment = {
  colour: { schema: string(), default: "white", doc: "Of its light." },
  watts: { schema: pipe(number(), minValue(1)), default: 5, doc: "How bright.", compileTime: true },
  key: { schema: optional(string()), default: undefined, doc: "Of its switch.", secret: true },
};

export const lamp: Application<typeof environment, { colour: () => string }> = {
  name: "lamp",
  description: "Shines.",
  dependencies: [],
  environment,
  channels: ["house.lamp"],
  shutdownMs: 60_000,
  commands: [
    { name: "colour", summary: "Its colour", where: "node", run: ({ api }) => api.colour(), format: (colour) => colour },
    { name: "blink", summary: "Blinks", where: "standalone", run: () => "blinked", format: (text) => text },
  ],
  async start(context) {
    const { colour } = context.environment;
    events.publish({ level: "info", message: "the lamp shines " + colour });
    if (colour === "broken") throw new Error("the lamp is broken");
    const stopped = Promise.withResolvers<void>();
    return {
      api: { colour: () => context.environment.colour },
      finished: Promise.withResolvers<void>().promise,
      [Symbol.asyncDispose]: async () => {
        // Longer than anybody would wait.
        if (colour === "stuck") await stopped.promise;
      },
    };
  },
};
`,
  "apps/shade/shade.ts": `
import type { Application } from "@kv/application";
import { lamp } from "../lamp/lamp.ts";

export const shade: Application<Record<never, never>, string> = {
  name: "shade",
  description: "Softens: pleated-linen.",
  dependencies: [lamp],
  environment: {},
  start: async (context) => ({
    api: context.use(lamp).colour(),
    finished: Promise.withResolvers<void>().promise,
    [Symbol.asyncDispose]: async () => {},
  }),
};
`,
  "config/config.ts": `
import type { BuildConfigFunction } from "@kv/application";

export const config: BuildConfigFunction<object> = ({ configEnv }: { readonly configEnv: string }) => ({
  lamp: { colour: "red by " + configEnv },
  shade: {},
});
`,
  "config/runtime.ts": `// An operator reads this.
import type { ConfigFunction } from "@kv/application";

export const config: ConfigFunction<object> = ({ env, node }) => ({
  control: { directory: env.string("SOCKETS") },
  // The colour that is asked for.
  lamp: { colour: env.string("COLOUR"), watts: env.integer("WATTS"), key: node.name as string },
});
`,
};
