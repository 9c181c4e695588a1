import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A project of a test, removed at its end. */
export interface ProjectFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes further files, by their path in it. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
}

const modules = new URL("../../../node_modules", import.meta.url).pathname;

/** Writes `files` into a new folder, which has the packages of this repository. */
export async function openProjectFolder(
  files: Readonly<Record<string, string>>,
): Promise<ProjectFolder> {
  const path = await mkdtemp(join(tmpdir(), "kv project "));
  await symlink(modules, join(path, "node_modules"));
  const write: ProjectFolder["write"] = async (further) => {
    for (const [name, text] of Object.entries(further)) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), text);
    }
  };
  await write(files);
  return { path, write, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** The files of an application `name` that needs `dependencies`, other applications of the same umbrella. */
export function applicationFiles(
  name: string,
  dependencies: readonly string[] = [],
): Readonly<Record<string, string>> {
  const imports = dependencies.map(
    (other) => `import { application as ${other} } from "../../${other}/src/application.ts";`,
  );
  return {
    [`apps/${name}/package.json`]: JSON.stringify({
      name: `@toy/${name}`,
      version: "3.2.1",
      type: "module",
      application: { module: "./src/application.ts", export: "application" },
    }),
    [`apps/${name}/src/application.ts`]: `${imports.join("\n")}
export const application = {
  name: ${JSON.stringify(name)},
  description: "A toy.",
  dependencies: [${dependencies.join(", ")}],
  environment: {},
  start: async () => ({
    api: undefined,
    finished: new Promise(() => {}),
    [Symbol.asyncDispose]: async () => {},
  }),
};
`,
  };
}

/** The files of an umbrella with two applications, of which `door` needs `store`. */
export const umbrellaFiles: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    name: "toys",
    version: "1.0.0",
    type: "module",
    workspaces: ["apps/*"],
  }),
  ...applicationFiles("store"),
  ...applicationFiles("door", ["store"]),
};
