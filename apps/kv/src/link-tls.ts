import type { EnvironmentProblem, TlsFiles } from "@kv/application";
import { isLoopback, loadTls } from "@kv/application";
import type { KvEnvironment } from "./check-environment.ts";

/** What this is about. */
export type LinkTlsEnvironment = Pick<
  KvEnvironment,
  | "allowPlainLinks"
  | "distribution"
  | "nodeListen"
  | "nodes"
  | "tlsCaFile"
  | "tlsCertificateFile"
  | "tlsKeyFile"
>;

const keys = ["tlsCertificateFile", "tlsKeyFile", "tlsCaFile"] as const;

/** The files that `environment` names for links; `undefined` when they speak no TLS. */
export function linkTlsFilesOf(environment: LinkTlsEnvironment): TlsFiles | undefined {
  const {
    tlsCertificateFile: certificateFile,
    tlsKeyFile: keyFile,
    tlsCaFile: caFile,
    distribution,
  } = environment;
  if (distribution === "off") return undefined;
  if (certificateFile === undefined || keyFile === undefined || caFile === undefined)
    return undefined;
  return { certificateFile, keyFile, caFile };
}

/** What is wrong with the files that `environment` names for links, by the Unix clock. */
export async function inspectLinkTls(
  environment: LinkTlsEnvironment,
  nowMs: number,
): Promise<readonly EnvironmentProblem[]> {
  const files = linkTlsFilesOf(environment);
  if (files === undefined) return [];
  const loaded = await loadTls(files, nowMs);
  return loaded.type === "loaded" ? [] : loaded.problems;
}

/** What does not go together: a part of the files, or links in the clear over a network that nobody has said is safe. */
export function checkLinkTls(environment: LinkTlsEnvironment): readonly EnvironmentProblem[] {
  const missing = keys.filter((key) => environment[key] === undefined);
  if (missing.length === 0) return [];
  if (missing.length < keys.length) {
    const given = keys.filter((key) => environment[key] !== undefined).join(" and ");
    const expected = `expected a file beside ${given}: links over TLS need all of ${keys.join(", ")}`;
    return missing.map((key) => ({ key, expected }));
  }
  const { allowPlainLinks, distribution } = environment;
  return allowPlainLinks || distribution === "off" ? [] : strangeNetworks(environment);
}

function strangeNetworks({ nodeListen, nodes }: LinkTlsEnvironment): readonly EnvironmentProblem[] {
  const problems: EnvironmentProblem[] = [];
  const complain = (key: string, got: string): void => {
    const expected = `expected loopback addresses while links speak no TLS, got ${got}; set ${keys.join(", ")}, or allowPlainLinks: true to let whoever is on the network read and change what nodes say`;
    problems.push({ key, expected });
  };
  if (nodeListen !== undefined && !isLoopback(nodeListen.host))
    complain("nodeListen", `"${nodeListen.host}"`);
  const far = Object.entries(nodes).find(([, { host }]) => !isLoopback(host));
  if (far !== undefined) complain("nodes", `"${far[1].host}" of ${far[0]}`);
  return problems;
}
