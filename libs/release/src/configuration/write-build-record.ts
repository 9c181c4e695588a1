import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type ConfigProvider, failureText, freezeConfiguration } from "@kv/application";
import type { Assembly } from "../assemble/assembly.ts";
import type { ConfigProviderReference } from "../definition/release-definition.ts";
import { ReleaseError } from "../errors.ts";
import { versionFolder } from "../layout.ts";
import type { Release } from "../release.ts";
import { BUILD_RECORD, type BuildRecord } from "./build-record.ts";
import { RUNTIME_FILE } from "./ship-runtime-file.ts";

/**
 * Evaluates what is fixed at build time (config.ts, the providers' `init`) and writes it into the version's folder. Throws
 * `CONFIG_INVALID` with every problem there is, and `RELEASE_REFUSED` for a provider that is not there.
 */
export async function writeBuildRecord(release: Release, { say }: Assembly): Promise<void> {
  const { project, options, applications } = release;
  const inRelease = new Set(applications.map(({ name }) => name));
  const knownApplications = [
    ...project.applications.map(({ name }) => name).filter((name) => !inRelease.has(name)),
    // What every release has beside its applications.
    "logger",
    "control",
  ];
  const configFile = options.configFile && relative(project.root, options.configFile);
  if (configFile !== undefined) say(`fixing what ${configFile} says`);
  const configuration = await freezeConfiguration({
    applications,
    knownApplications,
    root: project.root,
    configFile,
    configEnv: release.configEnv,
    providers: await Promise.all(
      options.configProviders.map((reference) => loadProvider(project.root, reference)),
    ),
  });
  const record: BuildRecord = {
    name: release.name,
    version: release.version,
    command: project.name,
    configEnv: release.configEnv,
    nodeVersion: release.nodeVersion,
    target: release.target.name,
    validateCompileEnv: options.validateCompileEnv,
    runtimeFile: options.runtimeConfigFile === undefined ? null : RUNTIME_FILE,
    configuration,
    applications: applications.map(({ name, mode, version }) => ({ name, mode, version })),
    knownApplications: knownApplications.filter((name) => !["logger", "control"].includes(name)),
  };
  const file = join(versionFolder(release), BUILD_RECORD);
  await writeFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The module of a provider as Node imports it: a file of the project, or a package. */
export function providerModule(root: string, { module }: ConfigProviderReference): string {
  return module.startsWith(".") ? resolve(root, module) : module;
}

async function loadProvider(
  root: string,
  reference: ConfigProviderReference,
): Promise<ConfigProvider> {
  const path = providerModule(root, reference);
  const specifier = path.startsWith("/") ? pathToFileURL(path).href : path;
  const what = `the config provider ${reference.name} of ${reference.module}`;
  let found: Readonly<Record<string, unknown>>;
  try {
    found = await import(specifier);
  } catch (error) {
    const problem = `${what} cannot be loaded: ${failureText(error).split("\n", 1)[0]}`;
    throw new ReleaseError("RELEASE_REFUSED", { problem }, { cause: error });
  }
  const provider = found[reference.name];
  if (isProvider(provider)) return provider;
  const problem = `${what} is not there: it exports ${Object.keys(found).join(", ") || "nothing"}`;
  throw new ReleaseError("RELEASE_REFUSED", { problem });
}

function isProvider(value: unknown): value is ConfigProvider {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "load" in value &&
    typeof value.load === "function"
  );
}
