import { hostname } from "node:os";
import {
  type AnyApplication,
  type ConfigProvider,
  type ConfigurationSources,
  createControl,
  type NodeNaming,
  namingOf,
  type SystemApplication,
} from "@kv/application";
import type { ReleasePlace, Variables } from "./release-place.ts";

/** What was bundled. */
export interface ReleaseParts {
  /** In the order of their start. */
  readonly applications: readonly AnyApplication[];
  readonly providers: readonly ConfigProvider[];
}

/** What makes a node of a release: for those who run it, and for those who talk to it. */
export interface ReleaseSystem {
  /** With the control socket as the last, without the logger. */
  readonly applications: readonly SystemApplication[];
  readonly naming: NodeNaming;
  readonly configuration: Omit<ConfigurationSources, "applications">;
}

/** The node that the release in `place` is. */
export function releaseSystem(
  { applications, providers }: ReleaseParts,
  { root, build, node, runtimeFile }: ReleasePlace,
  variables: Variables,
): ReleaseSystem {
  const naming = namingOf(applications, node);
  const control = createControl({ applications, naming, version: build.version });
  const modes = new Map(build.applications.map(({ name, mode }) => [name, mode]));
  const listed = applications.map((application) => ({
    application,
    mode: modes.get(application.name) ?? "permanent",
  }));
  return {
    applications: [...listed, { application: control, mode: "permanent" }],
    naming,
    configuration: {
      root,
      runtimeFile,
      providers,
      configEnv: build.configEnv,
      variables,
      node: { name: node, host: hostname() },
      frozen: build.configuration,
      knownApplications: build.knownApplications,
      // What was fixed holds, unless it was not to be looked at.
      compileRecord: build.validateCompileEnv ? build.configuration.compileRecord : undefined,
    },
  };
}
