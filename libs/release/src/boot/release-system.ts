import { hostname } from "node:os";
import { join } from "node:path";
import {
  type AnyApplication,
  type ConfigProvider,
  type ConfigurationSources,
  createControl,
  Evaluations,
  type GivenValues,
  type NodeNaming,
  namingOf,
  type SystemApplication,
} from "@kv/application";
import { layout } from "../layout.ts";
import type { ReleasePlace, Variables } from "./release-place.ts";

/** What was bundled. */
export interface ReleaseParts {
  /** In the order of their start. */
  readonly applications: readonly AnyApplication[];
  /** In the order in which they are asked. */
  readonly providers: readonly ConfigProvider[];
}

/** What makes a node of a release: for those who run it, and for those who talk to it. */
export interface ReleaseSystem {
  /** With the control socket as the last, without the logger. */
  readonly applications: readonly SystemApplication[];
  readonly naming: NodeNaming;
  /** Where operators' code is evaluated. */
  readonly evaluations: Evaluations;
  readonly configuration: Omit<ConfigurationSources, "applications">;
}

/** The node that the release in `place` is. */
export function releaseSystem(
  { applications, providers }: ReleaseParts,
  place: ReleasePlace,
  variables: Variables,
): ReleaseSystem {
  const { root, build, node, runtimeFile } = place;
  const naming = namingOf(applications, node);
  const evaluations = new Evaluations(applications);
  const control = createControl({ applications, naming, version: build.version, evaluations });
  const modes = new Map(build.applications.map(({ name, mode }) => [name, mode]));
  const listed = applications.map((application) => ({
    application,
    mode: modes.get(application.name) ?? "permanent",
  }));
  return {
    applications: [...listed, { application: control, mode: "permanent" }],
    naming,
    evaluations,
    configuration: {
      root,
      given: cookieOf(place),
      frozen: build.configuration,
      runtimeFile,
      providers,
      configEnv: build.configEnv,
      variables,
      node: { name: node, host: hostname() },
      knownApplications: build.knownApplications,
      compileRecord: build.validateCompileEnv ? undefined : "unchecked",
    },
  };
}

/** The release's own cookie holds wherever its configuration does not name another. */
function cookieOf({ root, cookie }: ReleasePlace): readonly GivenValues[] {
  const file = { control: { cookieFile: join(root, layout.cookie) } };
  return [
    { source: layout.cookie, values: file },
    ...(cookie === undefined
      ? []
      : [{ source: "RELEASE_COOKIE", values: { control: { cookie } } }]),
  ];
}
