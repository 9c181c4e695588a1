import type { AnyApplication, ApplicationMode } from "@kv/application";
import type {
  ConfigProviderReference,
  ExecutableKind,
  ReleaseProof,
  ReleaseStep,
} from "./definition/release-definition.ts";
import type { Project, ProjectApplication } from "./project/project.ts";
import type { Target } from "./runtime/target.ts";

/** A release as it is to be assembled: its definition with every default filled in, judged, and its applications loaded. */
export interface Release {
  readonly name: string;
  readonly version: string;
  /** `KV_ENV`: `prod` by default. */
  readonly configEnv: string;
  readonly project: Project;
  /** The release's folder, absolute. */
  readonly path: string;
  /** Node's, without a `v`. */
  readonly nodeVersion: string;
  readonly target: Target;
  /** All that are in it, dependencies too, in the order of their start; none with the mode `none`. */
  readonly applications: readonly ReleaseApplication[];
  readonly options: ReleaseOptions;
}

/** An application of a release. */
export interface ReleaseApplication extends ProjectApplication {
  readonly mode: ApplicationMode;
  readonly application: AnyApplication;
}

/** The options of a definition, with their defaults. Paths are absolute. */
export interface ReleaseOptions {
  readonly quiet: boolean;
  /** `undefined` when the project's own is taken. */
  readonly cookie: string | undefined;
  readonly includeRuntime: boolean | string;
  readonly sourceMaps: boolean;
  readonly validateCompileEnv: boolean;
  /** `config/config.ts`, where there is one. */
  readonly configFile: string | undefined;
  readonly runtimeConfigFile: string | undefined;
  readonly configProviders: readonly ConfigProviderReference[];
  readonly overlays: readonly string[];
  readonly templates: string;
  readonly executables: readonly ExecutableKind[];
  readonly steps: readonly ReleaseStep[];
  readonly proof: ReleaseProof;
}
