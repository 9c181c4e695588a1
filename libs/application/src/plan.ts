import type { AnyApplication, ApplicationMode } from "./application.ts";
import { ApplicationError } from "./errors.ts";

/** An application of a system, and what its end means for the system. */
export interface SystemApplication {
  readonly application: AnyApplication;
  readonly mode: ApplicationMode;
}

/** From the mode that asks least of a dependency to the one that asks most. */
const MODES: readonly ApplicationMode[] = ["none", "load", "temporary", "transient", "permanent"];

/**
 * The applications of a system in the order in which they start: as listed, but each after its dependencies.
 *
 * A dependency that is not listed is added, with the strongest mode of those that need it. One that is listed keeps its
 * mode; when that is `load` or `none`, nothing that is to be started may need it. Those whose mode is
 * `none` are left out.
 *
 * Throws `APPLICATION_DUPLICATE`, `APPLICATION_CYCLE` or `APPLICATION_DEPENDENCY`.
 */
export function planSystem(listed: readonly SystemApplication[]): readonly SystemApplication[] {
  const modes = new Map<string, ApplicationMode>();
  const byName = new Map<string, AnyApplication>();
  for (const { application, mode } of listed) {
    if (modes.has(application.name)) throw duplicate(application);
    modes.set(application.name, mode);
  }
  const ordered = listed
    .filter(({ mode }) => mode !== "none")
    .flatMap(({ application }) => withDependencies(application, byName, []));
  const wanted = inheritedModes(ordered, modes);
  refuseAbsentDependencies(ordered, wanted);
  return ordered
    .map((application) => ({ application, mode: wanted.get(application.name) ?? "none" }))
    .filter(({ mode }) => mode !== "none");
}

/** `application` after all it needs, without those in `seen`; `path` leads to it from a listed one. */
function withDependencies(
  application: AnyApplication,
  seen: Map<string, AnyApplication>,
  path: readonly string[],
): readonly AnyApplication[] {
  const { name } = application;
  if (path.includes(name)) {
    const circle = [...path.slice(path.indexOf(name)), name];
    throw new ApplicationError("APPLICATION_CYCLE", { path: circle });
  }
  const known = seen.get(name);
  if (known !== undefined && known !== application) throw duplicate(application);
  if (known !== undefined) return [];
  const before = application.dependencies.flatMap((dependency: AnyApplication) =>
    withDependencies(dependency, seen, [...path, name]),
  );
  seen.set(name, application);
  return [...before, application];
}

/** The mode of every application in `ordered`; each comes after its dependencies there. */
function inheritedModes(
  ordered: readonly AnyApplication[],
  listed: ReadonlyMap<string, ApplicationMode>,
): ReadonlyMap<string, ApplicationMode> {
  const modes = new Map<string, ApplicationMode>();
  for (const application of ordered.toReversed()) {
    const mode = listed.get(application.name) ?? modes.get(application.name) ?? "none";
    modes.set(application.name, mode);
    for (const { name } of application.dependencies) {
      const asked = modes.get(name) ?? "none";
      modes.set(name, MODES.indexOf(mode) > MODES.indexOf(asked) ? mode : asked);
    }
  }
  return modes;
}

function refuseAbsentDependencies(
  ordered: readonly AnyApplication[],
  modes: ReadonlyMap<string, ApplicationMode>,
): void {
  for (const application of ordered) {
    if (!isStarted(modes.get(application.name))) continue;
    for (const { name: dependency } of application.dependencies) {
      const mode = modes.get(dependency) ?? "none";
      if (isStarted(mode)) continue;
      const details = { application: application.name, dependency, mode };
      throw new ApplicationError("APPLICATION_DEPENDENCY", details);
    }
  }
}

/** Whether an application of this mode runs. */
export function isStarted(mode: ApplicationMode | undefined): boolean {
  return mode === "permanent" || mode === "transient" || mode === "temporary";
}

function duplicate({ name }: AnyApplication): ApplicationError {
  return new ApplicationError("APPLICATION_DUPLICATE", { application: name });
}
