import { configurationOf, isApplicationError, type SystemApplication } from "@kv/application";
import { kv } from "@kv/kv";
import { kvServer } from "@kv/kv-server";
import type { EngineSettings } from "../engine/engine-settings.ts";

const applications: readonly SystemApplication[] = [
  { application: kv, mode: "permanent" },
  { application: kvServer, mode: "permanent" },
];

/** Whether a node of this checkout knows all of `settings`; one that does not would refuse to start with them. */
export function knowsSettings(settings: EngineSettings): boolean {
  try {
    configurationOf(applications, { kv: { storage: settings } });
    return true;
  } catch (error) {
    if (isApplicationError(error, "CONFIG_INVALID")) return false;
    throw error;
  }
}

/** Those of `settings` that a node of this checkout knows. */
export function knownSettings(settings: EngineSettings): EngineSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => knowsSettings({ [name]: value })),
  );
}
