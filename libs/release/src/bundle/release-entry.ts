import { fileURLToPath } from "node:url";
import { providerModule } from "../configuration/write-build-record.ts";
import type { Release } from "../release.ts";

/** The program of a release, as it is given to the bundler: only what its applications use is reached from here. */
export function releaseEntry({ applications, project, options }: Release): string {
  const boot = fileURLToPath(import.meta.resolve("@kv/release/boot"));
  const imports = [
    importOf("runRelease", "runRelease", boot),
    ...applications.map(({ exportName, module }, index) =>
      importOf(exportName, `application${index}`, module),
    ),
    ...options.configProviders.map((reference, index) =>
      importOf(reference.name, `provider${index}`, providerModule(project.root, reference)),
    ),
  ];
  return [
    ...imports,
    // Nobody waits for it here: what is imported late needs this module, which would not be there before its end.
    `void runRelease({`,
    `  applications: [${numbered("application", applications)}],`,
    `  providers: [${numbered("provider", options.configProviders)}],`,
    `  process,`,
    `});`,
    ``,
  ].join("\n");
}

function importOf(exported: string, name: string, module: string): string {
  return `import { ${exported} as ${name} } from ${JSON.stringify(module)};`;
}

function numbered(name: string, members: readonly unknown[]): string {
  return members.map((_, index) => `${name}${index}`).join(", ");
}
