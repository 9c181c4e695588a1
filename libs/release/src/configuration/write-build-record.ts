import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import {
  type ConfigProvider,
  configurationReport,
  createControl,
  createLogger,
  type EnvironmentDeclaration,
  failureReason,
  freezeConfiguration,
  type FrozenConfiguration,
  isApplicationError,
  type SystemApplication,
} from "@kv/application";
import type { Assembly } from "../assemble/assembly.ts";
import type { ConfigProviderReference } from "../definition/release-definition.ts";
import { ReleaseError } from "../errors.ts";
import { versionFolder } from "../layout.ts";
import type { Release } from "../release.ts";
import { BUILD_RECORD, type BuildRecord } from "./build-record.ts";
import { RUNTIME_FILE } from "./ship-runtime-file.ts";

/**
 * Evaluates what is fixed at build time (config.ts, the providers' `init`) and writes it into the version's folder. Throws
 * `RELEASE_REFUSED`: with a report of every problem there is, or for a provider that is not there.
 */
export async function writeBuildRecord(release: Release, { say }: Assembly): Promise<void> {
  const { project, options, applications } = release;
  const inRelease = new Set(applications.map(({ name }) => name));
  const others = project.applications.map(({ name }) => name);
  const knownApplications = others.filter((name) => !inRelease.has(name));
  const configuration = await freeze(release, knownApplications, say);
  for (const key of openSecrets(applications, configuration)) {
    say(
      `${configuration.configFile} says ${key}, a secret that everybody can read in ${BUILD_RECORD} now; a runtime file need not hold it`,
    );
  }
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
    knownApplications,
  };
  const file = join(versionFolder(release), BUILD_RECORD);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
}

async function freeze(
  { name, project, configEnv, options, applications }: Release,
  knownApplications: readonly string[],
  say: Assembly["say"],
): Promise<FrozenConfiguration> {
  const { root } = project;
  const configFile = options.configFile && relative(root, options.configFile).replaceAll(sep, "/");
  if (configFile !== undefined) say(`fixing what ${configFile} says for ${configEnv}`);
  const providers = await Promise.all(
    options.configProviders.map((reference) => loadProvider(root, reference)),
  );
  const sources = { root, configFile, configEnv, providers, knownApplications };
  try {
    return await freezeConfiguration({ ...sources, applications: withOwn(applications) });
  } catch (error) {
    if (!isApplicationError(error, "CONFIG_INVALID")) throw error;
    const problem = configurationReport(error.details.problems, `assemble ${name}`);
    throw new ReleaseError("RELEASE_REFUSED", { problem }, { cause: error });
  }
}

/** The secrets that a release would hold for everybody to read. */
function openSecrets(
  applications: Release["applications"],
  { values }: FrozenConfiguration,
): readonly string[] {
  return withOwn(applications).flatMap(({ application: { name, environment } }) => {
    const declaration: EnvironmentDeclaration = environment;
    return Object.keys(values[name] ?? {})
      .filter((key) => declaration[key]?.secret === true)
      .map((key) => `${name}.${key}`);
  });
}

/** The applications, and those that every release has beside them. */
function withOwn(applications: Release["applications"]): readonly SystemApplication[] {
  const { stdout, stderr } = process;
  const logger = createLogger({ channels: [], stdout, stderr });
  const control = createControl({ applications: [], naming: { startedAs: "" }, version: "" });
  const own = [logger, control].map((application) => ({ application, mode: "load" }) as const);
  return [...applications, ...own];
}

/** The file of a provider: one of the project, or of a package as the project finds it. Throws what `require.resolve` throws. */
export function providerModule(root: string, { module }: ConfigProviderReference): string {
  if (module.startsWith(".")) return resolve(root, module);
  return createRequire(join(root, "package.json")).resolve(module);
}

async function loadProvider(
  root: string,
  reference: ConfigProviderReference,
): Promise<ConfigProvider> {
  const what = `the config provider ${reference.name} of ${reference.module}`;
  let found: Readonly<Record<string, unknown>>;
  try {
    found = await import(pathToFileURL(providerModule(root, reference)).href);
  } catch (error) {
    const problem = `${what} cannot be loaded: ${failureReason(error)}`;
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
