import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { closest, failureText } from "@kv/application";
import { ReleaseError } from "../errors.ts";
import type { Project } from "../project/project.ts";
import { judgeDefinition } from "./judge-definition.ts";
import type { ReleaseDefinition } from "./release-definition.ts";

/** Where a project says what its releases are. */
export const RELEASES_FILE = "releases.ts";

/** A release that was asked for, as its project defines it. */
export interface NamedDefinition {
  readonly name: string;
  readonly definition: ReleaseDefinition;
}

/**
 * The release that `wanted` names, or the only one. A project of a single application needs no `releases.ts`: it has a release
 * of its own name. Throws `RELEASE_REFUSED` with what there is to choose from.
 */
export async function chooseRelease(
  project: Project,
  wanted: string | undefined,
): Promise<NamedDefinition> {
  const known = await loadReleases(project);
  const names = [...known.keys()];
  if (names.length === 0) return withoutReleases(project, wanted);
  const [only] = names;
  const name = wanted ?? (names.length === 1 ? only : undefined);
  if (name === undefined) {
    throw refused(`There are several releases: ${names.join(", ")}; say which one`);
  }
  const make = known.get(name);
  if (make === undefined) {
    const near = closest(name, names);
    const hint = near === undefined ? "" : `did you mean ${near}? `;
    throw refused(`There is no release "${name}"; ${hint}there are ${names.join(", ")}`);
  }
  return { name, definition: judgeDefinition(name, await made(name, make)) };
}

async function loadReleases({ root }: Project): Promise<ReadonlyMap<string, unknown>> {
  const file = join(root, RELEASES_FILE);
  if (!existsSync(file)) return new Map();
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await import(pathToFileURL(file).href);
  } catch (error) {
    const reason = failureText(error).split("\n", 1)[0];
    throw refused(`${RELEASES_FILE} cannot be read: ${reason}`, error);
  }
  const { releases } = exported;
  if (typeof releases !== "object" || releases === null) {
    throw refused(`${RELEASES_FILE} has to export an object named releases, a member for each`);
  }
  for (const name of Object.keys(releases)) {
    if (/^[a-z][a-z0-9_-]*$/u.test(name)) continue;
    throw refused(
      `"${name}" cannot be the name of a release: it begins with a letter from a to z, and has letters, digits, - and _`,
    );
  }
  return new Map(Object.entries(releases));
}

async function made(name: string, make: unknown): Promise<unknown> {
  if (typeof make !== "function") return make;
  try {
    return await make();
  } catch (error) {
    const reason = failureText(error).split("\n", 1)[0];
    throw refused(`The function that makes the release ${name} throws: ${reason}`, error);
  }
}

function withoutReleases(project: Project, wanted: string | undefined): NamedDefinition {
  const { isUmbrella, name, applications } = project;
  if (isUmbrella) throw refused(lesson(project));
  if (wanted !== undefined && wanted !== name) {
    throw refused(
      `There is no release "${wanted}"; without ${RELEASES_FILE} there is only ${name}`,
    );
  }
  const own = applications.map((application) => [application.name, "permanent"] as const);
  return { name, definition: { applications: Object.fromEntries(own) } };
}

/** What somebody has to know who releases an umbrella for the first time. */
function lesson({ applications, name }: Project): string {
  const members = applications.map((application) =>
    /^[a-z]\w*$/u.test(application.name) ? application.name : JSON.stringify(application.name),
  );
  return [
    `An umbrella has several applications, so it has to say which of them make a release. It has ${applications.map((application) => application.name).join(", ")}.`,
    `Write for instance this into ${RELEASES_FILE}, beside its package.json:`,
    ``,
    `  import type { Releases } from "@kv/release";`,
    ``,
    `  export const releases: Releases = {`,
    `    ${/^[a-z]\w*$/u.test(name) ? name : JSON.stringify(name)}: {`,
    `      applications: { ${members.map((member) => `${member}: "permanent"`).join(", ")} },`,
    `    },`,
    `  };`,
  ].join("\n");
}

function refused(problem: string, cause?: unknown): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem }, { cause });
}
