import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkout } from "./checkout.ts";

/** One key of one application's environment, and the way into its value where that is a record. */
export interface Setting {
  readonly application: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Writes a configuration folder that says what the shipped one says and, over that, `settings`; and returns its path.
 * The shipped files are imported, not copied, so that a test sees them as they are.
 */
export async function writeConfig(
  directory: string,
  settings: readonly Setting[],
): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, "config.ts"),
    `export { config } from ${JSON.stringify(shipped("config.ts"))};\n`,
  );
  await writeFile(join(directory, "runtime.ts"), runtimeFile(settings));
  return directory;
}

function runtimeFile(settings: readonly Setting[]): string {
  return `import { config as shipped } from ${JSON.stringify(shipped("runtime.ts"))};

const settings = ${JSON.stringify(settings, null, 2)};

function set(record, [key, ...rest], value) {
  const inner = rest.length === 0 ? value : set(record?.[key], rest, value);
  return { ...record, [key]: inner };
}

export const config = (context) =>
  settings.reduce(
    (said, { application, path, value }) => set(said, [application, ...path], value),
    shipped(context),
  );
`;
}

function shipped(file: string): string {
  return pathToFileURL(join(checkout, "config", file)).href;
}
