import { kv } from "@kv/kv";
import { openAuthority, withoutOpenssl } from "../harness/certificate-authority.ts";
import type { Setting } from "../harness/write-config.ts";

/** What nodes link over. */
export type LinkSecurity = "tls" | "plain";

const TLS_KEYS = ["tlsCertificateFile", "tlsKeyFile", "tlsCaFile"] as const;

/** What can be had here, the better one first: TLS takes nodes that know it, and openssl. */
export const linkSecurities: readonly LinkSecurity[] =
  withoutOpenssl === false && TLS_KEYS.every(isKnown) ? ["tls", "plain"] : ["plain"];

/** Who takes part, and where certificates may be put. */
export interface LinkSecurityOptions {
  readonly directory: string;
  /** The addresses at which others reach each host. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

/** What the node of each host has to be configured with beside addresses, by the host's name. */
export async function linkSettings(
  security: LinkSecurity,
  { directory, addresses }: LinkSecurityOptions,
): Promise<ReadonlyMap<string, readonly Setting[]>> {
  if (security === "plain") {
    // Where this has to be asked for, it is.
    const plain = ["allowPlainLinks"].filter(isKnown).map((key) => settingOf(key, true));
    return new Map([...addresses.keys()].map((host) => [host, plain]));
  }
  const authority = await openAuthority(directory);
  const settings = new Map<string, readonly Setting[]>();
  for (const [host, ofHost] of addresses) {
    const alternativeNames = ofHost.map((address) => `IP:${address}`).join(",");
    const { certificateFile, keyFile } = await authority.issue(host, { alternativeNames });
    const values = [certificateFile, keyFile, authority.caFile];
    settings.set(
      host,
      TLS_KEYS.map((key, at) => settingOf(key, values[at])),
    );
  }
  return settings;
}

function isKnown(key: string): boolean {
  return Object.hasOwn(kv.environment, key);
}

function settingOf(key: string, value: unknown): Setting {
  return { application: "kv", path: [key], value };
}
