import { spawnSync } from "node:child_process";
import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { EnvironmentReader } from "./environment-reader.ts";
import type { ConfigurationProblem } from "./problem.ts";
import { failureReason } from "../operating-failure.ts";

/** What a build-time configuration may depend on. */
export interface BuildConfigContext {
  /** `dev`, `test`, `prod`, or any other word. */
  readonly configEnv: string;
}

/** What a configuration that is evaluated at every boot may depend on. */
export interface ConfigContext extends BuildConfigContext {
  /** The only reader of environment variables. */
  readonly env: EnvironmentReader;
  readonly node: ConfigNode;
}

/** The node that boots. */
export interface ConfigNode {
  /** The name it was started under, before configuration; as the operator wrote it. */
  readonly name: string;
  /** The name of this host. */
  readonly host: string;
}

/**
 * The type of `config` in a file that is evaluated at every boot. `Applications` maps the names of applications to
 * what may be written for each: `ConfigFunction<{ kv: ConfiguredEnvironment<typeof kvEnvironment> }>`.
 *
 * It must be pure: it is called more than once, also with other variables, to find out which key depends on which
 * variable.
 */
export type ConfigFunction<Applications extends object> = (
  context: ConfigContext,
) => Partial<Applications>;

/** The type of `config` in a file that is evaluated when a release is built. It must be pure. */
export type BuildConfigFunction<Applications extends object> = (
  context: BuildConfigContext,
) => Partial<Applications>;

/** The function that a file exports, of either kind. */
export type LoadedConfig = (context: BuildConfigContext & Partial<ConfigContext>) => unknown;

/** A configuration file that could be read, or the problem with it. */
export type ReadConfigFile =
  | { readonly type: "read"; readonly config: LoadedConfig }
  | { readonly type: "unreadable"; readonly problem: ConfigurationProblem };

/** Imports the file at `path`, relative to `root`. */
export async function readConfigFile(root: string, path: string): Promise<ReadConfigFile> {
  const { href } = pathToFileURL(resolve(root, path));
  const describe = (error: unknown): string => importFailure(error, { root, path, href });
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(href);
  } catch (error) {
    return unreadable(path, describe(error));
  }
  const { config } = module;
  if (isConfigFunction(config)) return { type: "read", config };
  return unreadable(path, "expected it to export a function named config");
}

function unreadable(subject: string, expected: string): ReadConfigFile {
  return { type: "unreadable", problem: { subject, expected } };
}

function isConfigFunction(value: unknown): value is LoadedConfig {
  return typeof value === "function";
}

interface ImportedFile {
  readonly root: string;
  readonly path: string;
  readonly href: string;
}

function importFailure(error: unknown, { root, path, href }: ImportedFile): string {
  if (isModuleNotFound(error) && error.url === href) return "there is no such file";
  // The stack of an error of syntax may begin with the place, which may be in a file that this one imports.
  const stack = error instanceof Error ? error.stack : undefined;
  const [, file, line] = placeIn(stack) ?? placeIn(checkedSyntax(error, href)) ?? [];
  if (file === undefined) return `cannot be read: ${failureReason(error)}`;
  const named = relative(resolve(root), file.startsWith("file:") ? fileURLToPath(file) : file);
  const place = resolve(root, named) === resolve(root, path) ? `line ${line}` : `${named}:${line}`;
  return `cannot be read: ${place}: ${failureReason(error)}`;
}

/** The file and the line that a report of an error begins with. */
function placeIn(report: string | undefined): readonly string[] | undefined {
  const [first = ""] = (report ?? "").split("\n", 1);
  return /^(\S.*):(\d+)$/u.exec(first) ?? undefined;
}

/** What Node says of the syntax of a JavaScript file: it keeps the line to itself when the file is imported. */
function checkedSyntax(error: unknown, href: string): string | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  const args = ["--check", fileURLToPath(href)];
  return spawnSync(process.execPath, args, { encoding: "utf8" }).stderr;
}

function isModuleNotFound(error: unknown): error is { readonly url: string } {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_MODULE_NOT_FOUND" &&
    "url" in error
  );
}
