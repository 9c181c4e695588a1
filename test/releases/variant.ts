import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Operated } from "../harness/operator.ts";
import { runRelease, type ToolOptions } from "./run-tool.ts";
import type { UmbrellaCopy } from "./umbrella-copy.ts";

/** A release of the weather that is made in a way of its own. */
export interface Variant {
  readonly run: Operated;
  /** Where it is unless it was told to be elsewhere. */
  readonly path: string;
}

/** What assembles a variant is told. */
export interface VariantOptions extends Pick<ToolOptions, "env"> {
  /** Behind the release's name. */
  readonly words?: readonly string[];
  /** What else there is in releases.ts, before its releases. */
  readonly before?: string;
}

/**
 * Assembles a release of the station and nothing else, by the machine's Node since that takes no time, with `options`, which
 * is what a person writes in releases.ts.
 */
export async function assembleVariant(
  { weather }: UmbrellaCopy,
  options: string,
  { words = [], before = "", env }: VariantOptions = {},
): Promise<Variant> {
  const text = `${before}
export const releases = {
  weather: { applications: { station: "permanent" }, includeRuntime: false, ${options} },
};
`;
  await writeFile(join(weather, "releases.ts"), text);
  const path = join(weather, "_build", "prod", "rel", "weather");
  if (!words.includes("--overwrite")) await rm(path, { recursive: true, force: true });
  return { path, run: await runRelease(["weather", ...words], { cwd: weather, env }) };
}
