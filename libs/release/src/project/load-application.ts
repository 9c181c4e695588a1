import { pathToFileURL } from "node:url";
import { type AnyApplication, failureText } from "@kv/application";
import { ReleaseError } from "../errors.ts";
import type { ProjectApplication } from "./project.ts";

/** Imports an application. Throws `RELEASE_REFUSED` when what its `package.json` names is not it. */
export async function loadApplication({
  name,
  packageName,
  module,
  exportName,
}: ProjectApplication): Promise<AnyApplication> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    exported = await import(pathToFileURL(module).href);
  } catch (error) {
    const reason = failureText(error).split("\n", 1)[0];
    throw refused(`The application ${name} cannot be loaded: ${reason}`, error);
  }
  const application = exported[exportName];
  if (!isApplication(application)) {
    throw refused(
      `The package.json of ${packageName} says that its application is exported as ${exportName}, and no application is; see "application" there`,
    );
  }
  if (application.name === name) return application;
  throw refused(
    `The application of ${packageName} is called "${application.name}"; it has to have its package's name, ${name}`,
  );
}

function isApplication(value: unknown): value is AnyApplication {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "environment" in value &&
    "dependencies" in value &&
    "start" in value &&
    typeof value.start === "function"
  );
}

function refused(problem: string, cause?: unknown): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem }, { cause });
}
