import type { AnyApplication } from "../application.ts";
import type { EnvironmentDeclaration, EnvironmentKey } from "../environment.ts";
import { describeSchema } from "./describe-schema.ts";

/**
 * The declared environment of `application` as a Markdown table: key, what it may be, its default, its
 * documentation. A secret key, one that is read at the start only, and one that is fixed when a release is built, say so.
 */
export function describeEnvironment(application: Pick<AnyApplication, "environment">): string {
  const declaration: EnvironmentDeclaration = application.environment;
  const rows = Object.entries(declaration).map(([key, declared]) => [
    `\`${key}\``,
    describeSchema(declared.schema),
    describeDefault(declared),
    describePurpose(declared),
  ]);
  const header = ["key", "value", "default", "meaning"];
  return [header, header.map(() => "---"), ...rows].map(tableRow).join("\n");
}

function describeDefault({ default: value, secret }: EnvironmentKey): string {
  if (value === undefined) return "none";
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return secret === true && !isEmpty ? "secret" : `\`${JSON.stringify(value)}\``;
}

function describePurpose({ doc, secret, startOnly, compileTime }: EnvironmentKey): string {
  return [
    doc,
    ...(secret === true ? ["**Secret.**"] : []),
    ...(startOnly === true ? ["**Read at the start only.**"] : []),
    ...(compileTime === true ? ["**Fixed when a release is built.**"] : []),
  ].join(" ");
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}
