import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  ApplicationError,
  type ApplicationMode,
  closest,
  isApplicationError,
  planSystem,
  type SystemApplication,
} from "@kv/application";
import { ReleaseError } from "../errors.ts";
import { loadApplication } from "../project/load-application.ts";
import type { Project, ProjectApplication } from "../project/project.ts";
import type { Release, ReleaseApplication, ReleaseOptions } from "../release.ts";
import type { Target } from "../runtime/target.ts";
import type { NamedDefinition } from "./load-releases.ts";
import type { ReleaseDefinition } from "./release-definition.ts";
import { releaseVersion } from "./release-version.ts";

/** Where a project's configuration is evaluated at build time. */
const CONFIG_FILE = "config/config.ts";

/** The same for every boot, unless the release says otherwise. */
const RUNTIME_FILE = "config/runtime.ts";

/** What is asked for beside the definition. */
export interface Wishes {
  readonly configEnv: string;
  readonly target: Target;
  /** Node's. */
  readonly nodeVersion: string;
  /** These win over what the definition says. */
  readonly version?: string | undefined;
  readonly path?: string | undefined;
  readonly quiet?: boolean | undefined;
}

/**
 * A definition with every default filled in, and its applications loaded and put in order. Throws `RELEASE_REFUSED` when an
 * application or a file is not there, or the modes do not go together.
 */
export async function resolveRelease(
  project: Project,
  { name, definition }: NamedDefinition,
  wishes: Wishes,
): Promise<Release> {
  const { configEnv, target, nodeVersion } = wishes;
  const version = wishes.version ?? versionOf(project, name, definition);
  refuseFolderNames(configEnv, version);
  const listed = await listedApplications(project, name, definition);
  return {
    name,
    version,
    configEnv,
    project,
    path: resolve(
      project.root,
      wishes.path ?? definition.path ?? `_build/${configEnv}/rel/${name}`,
    ),
    nodeVersion,
    target,
    applications: await plannedApplications(project, name, listed),
    options: optionsOf(project, { name, definition }, wishes),
  };
}

/** Both are names of folders, whose contents an assembly removes: neither may lead elsewhere. */
function refuseFolderNames(configEnv: string, version: string): void {
  if (!/^[a-z][\w-]*$/iu.test(configEnv)) {
    throw refused(
      `KV_ENV is "${configEnv}", which cannot be an environment: it begins with a letter, and has letters, digits, - and _`,
    );
  }
  if (releaseVersion.test(version)) return;
  throw refused(
    `"${version}" cannot be the version of a release: it begins with a letter or digit, and has letters, digits, dots, +, - and _, as 1.2.3`,
  );
}

async function listedApplications(
  project: Project,
  release: string,
  { applications }: ReleaseDefinition,
): Promise<readonly SystemApplication[]> {
  const saysNone =
    applications === undefined ? project.isUmbrella : Object.keys(applications).length === 0;
  if (saysNone) {
    const there = project.applications.map(({ name }) => name).join(", ");
    throw refused(
      `The release ${release} does not say which applications are in it: write applications: { NAME: "permanent" }; there are ${there}`,
    );
  }
  const own = project.applications.map(({ name }) => [name, "permanent"] as const);
  const modes: readonly (readonly [string, ApplicationMode])[] =
    applications === undefined ? own : Object.entries(applications);
  return await Promise.all(
    modes.map(async ([name, mode]) => ({
      application: await loadApplication(applicationNamed(project, release, name)),
      mode,
    })),
  );
}

function applicationNamed(project: Project, release: string, name: string): ProjectApplication {
  const found = project.applications.find((application) => application.name === name);
  if (found !== undefined) return found;
  const names = project.applications.map((application) => application.name);
  const near = closest(name, names);
  const hint = near === undefined ? "" : `did you mean ${near}? `;
  throw refused(
    `The release ${release} names the application ${name}, which is not there; ${hint}there are ${names.join(", ")}`,
  );
}

/** In the order of their start, dependencies included. */
async function plannedApplications(
  project: Project,
  release: string,
  listed: readonly SystemApplication[],
): Promise<readonly ReleaseApplication[]> {
  return plan(release, listed).map(({ application, mode }) =>
    Object.assign({ mode, application }, applicationNamed(project, release, application.name)),
  );
}

function plan(release: string, listed: readonly SystemApplication[]): readonly SystemApplication[] {
  try {
    return planSystem(listed);
  } catch (error) {
    if (!(error instanceof ApplicationError)) throw error;
    if (!isApplicationError(error, "APPLICATION_DEPENDENCY")) {
      throw refused(`The release ${release} cannot be made: ${error.message}`, error);
    }
    const { application, dependency, mode } = error.details;
    throw refused(
      `The release ${release} starts ${application}, which needs ${dependency}, and has ${dependency} as ${mode}: give ${dependency} a mode that starts it, or ${application} the mode load or none`,
      error,
    );
  }
}

function versionOf(project: Project, release: string, { version }: ReleaseDefinition): string {
  if (version === undefined) return project.version;
  if (typeof version === "string") return version;
  return applicationNamed(project, release, version.fromApplication).version;
}

function optionsOf(
  { root }: Project,
  { name: release, definition }: NamedDefinition,
  wishes: Wishes,
): ReleaseOptions {
  const there = (path: string): string | undefined => {
    const file = resolve(root, path);
    return existsSync(file) ? file : undefined;
  };
  const needed = (option: string, path: string): string => {
    const file = there(path);
    if (file !== undefined) return file;
    throw refused(`The release ${release} has ${option}: "${path}", which is not there`);
  };
  const { runtimeConfigPath, overlays, includeRuntime = true, proof = {} } = definition;
  const folders = typeof overlays === "string" ? [overlays] : overlays;
  return {
    quiet: wishes.quiet ?? definition.quiet ?? false,
    cookie: definition.cookie,
    includeRuntime:
      typeof includeRuntime === "string"
        ? needed("includeRuntime", includeRuntime)
        : includeRuntime,
    sourceMaps: definition.sourceMaps ?? false,
    validateCompileEnv: definition.validateCompileEnv ?? true,
    configFile: there(CONFIG_FILE),
    runtimeConfigFile:
      runtimeConfigPath === undefined
        ? there(RUNTIME_FILE)
        : runtimeConfigPath === false
          ? undefined
          : needed("runtimeConfigPath", runtimeConfigPath),
    configProviders: definition.configProviders ?? [],
    overlays:
      folders === undefined
        ? [there("rel/overlays")].filter((folder) => folder !== undefined)
        : folders.map((folder) => needed("overlays", folder)),
    templates: resolve(root, definition.templates ?? "rel"),
    executables: definition.executables ?? [wishes.target.executables],
    steps: definition.steps ?? ["assemble"],
    proof,
  };
}

function refused(problem: string, cause?: unknown): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem }, { cause });
}
