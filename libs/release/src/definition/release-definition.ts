import type { ApplicationMode } from "@kv/application";
import type { Release } from "../release.ts";

/** What `releases.ts` exports as `releases`: each release by its name, or what makes it when it is asked for. */
export type Releases = Readonly<
  Record<string, ReleaseDefinition | (() => ReleaseDefinition | Promise<ReleaseDefinition>)>
>;

/** What one release is made of. All of it has a default, but `applications` of an umbrella. */
export interface ReleaseDefinition {
  /**
   * The applications, in the order in which they start, and what the end of each means; their dependencies come with
   * them. A single application's project has that application, `permanent`, by default.
   */
  readonly applications?: Readonly<Record<string, ApplicationMode>> | undefined;
  /** `1.2.3`, or the version of an application; that of the project's `package.json` by default. */
  readonly version?: string | { readonly fromApplication: string } | undefined;
  /** Where it is assembled, relative to the project: `_build/ENV/rel/NAME` by default. */
  readonly path?: string | undefined;
  /** Prints nothing but failures; `false` by default. */
  readonly quiet?: boolean | undefined;
  /** What nodes and operators have to know. One that all releases of the project share by default. */
  readonly cookie?: string | undefined;
  /**
   * `true`, the default: Node as the project pins it. `false`: the machine has the same version in its path. A path:
   * of a Node program, relative to the project.
   */
  readonly includeRuntime?: boolean | string | undefined;
  /** Whether the bundled code comes with source maps, so that stacks name our lines; `false` by default. */
  readonly sourceMaps?: boolean | undefined;
  /** Whether a boot is refused that contradicts what was fixed when the release was built; `true` by default. */
  readonly validateCompileEnv?: boolean | undefined;
  /** The file that is evaluated at every boot: `config/runtime.ts` by default, where there is one; `false` for none. */
  readonly runtimeConfigPath?: string | false | undefined;
  /** Further sources of configuration, laid over the files in this order; none by default. */
  readonly configProviders?: readonly ConfigProviderReference[] | undefined;
  /** Folders whose files are copied into the release; `rel/overlays` by default, where there is one. */
  readonly overlays?: string | readonly string[] | undefined;
  /** Folder of the templates that `release:init` writes: `rel` by default. A template that is not there is the built-in one. */
  readonly templates?: string | undefined;
  /** The systems whose scripts are in `bin/`; the target's by default. */
  readonly executables?: readonly ExecutableKind[] | undefined;
  /** What is done, in this order; `["assemble"]` by default. */
  readonly steps?: readonly ReleaseStep[] | undefined;
  /** How `--prove` finds out that a copy of the release works. */
  readonly proof?: ReleaseProof | undefined;
}

/** A system's kind of script: `bin/NAME` for POSIX sh, `bin/NAME.bat` for Windows. */
export type ExecutableKind = "unix" | "windows";

/** `assemble` makes the folder, `tar` packs it, a function does what else there is to do, and answers the release. */
export type ReleaseStep = "assemble" | "tar" | ((release: Release) => Release | Promise<Release>);

/** A config provider by its place, since it is bundled: what `module` exports as `name` is a `ConfigProvider`. */
export interface ConfigProviderReference {
  /** A file relative to the project, beginning with `./`, or a package. */
  readonly module: string;
  readonly name: string;
}

/** How a copy of a release is proven to work. */
export interface ReleaseProof {
  /** Variables for its boot: ports that are free, folders below `directory`, which is empty and nobody else's. */
  readonly variables?: (directory: string) => Readonly<Record<string, string>>;
  /**
   * Asks it something once it runs: throws when the answer is not right. `run` runs `bin/NAME` with words, and
   * resolves with what it printed on standard output, or rejects when it did not end with 0.
   */
  readonly ask?: (run: (...words: readonly string[]) => Promise<string>) => Promise<void>;
}
