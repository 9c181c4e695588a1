import { type EnvironmentProblem, loadTls } from "@kv/application";
import type { ServerEnvironment } from "../environment.ts";
import { tlsFilesOf } from "./tls-files.ts";

/** What is wrong with the files that `environment` names, by the Unix clock; nothing where it names none. */
export async function inspectTls(
  environment: ServerEnvironment,
  nowMs: number,
): Promise<readonly EnvironmentProblem[]> {
  const files = tlsFilesOf(environment);
  if (files === undefined) return [];
  const loaded = await loadTls(files, nowMs);
  return loaded.type === "loaded" ? [] : loaded.problems;
}
