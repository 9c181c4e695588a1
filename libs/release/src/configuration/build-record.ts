import type { ApplicationMode, FrozenConfiguration } from "@kv/application";
import * as v from "valibot";

/** What is fixed when a release is built, and read at each boot. */
export interface BuildRecord {
  readonly name: string;
  readonly version: string;
  /** The word before declared commands: `kv` in `bin/foo kv check`. */
  readonly command: string;
  readonly configEnv: string;
  /** Node's, which has to be just this one. */
  readonly nodeVersion: string;
  readonly target: string;
  /** Whether a boot is refused that contradicts what was fixed. */
  readonly validateCompileEnv: boolean;
  /** Beside this record; `null` for none. */
  readonly runtimeFile: string | null;
  readonly configuration: FrozenConfiguration;
  readonly applications: readonly {
    readonly name: string;
    readonly mode: ApplicationMode;
    readonly version: string;
  }[];
  /** Applications of the project that are not in the release, and may be configured all the same. */
  readonly knownApplications: readonly string[];
}

/** Its name in a version's folder. */
export const BUILD_RECORD = "build.json";

const section = v.record(v.string(), v.unknown());

const schema: v.GenericSchema<unknown, BuildRecord> = v.object({
  name: v.string(),
  version: v.string(),
  command: v.string(),
  configEnv: v.string(),
  nodeVersion: v.string(),
  target: v.string(),
  validateCompileEnv: v.boolean(),
  runtimeFile: v.nullable(v.string()),
  configuration: v.pipe(
    v.object({
      configFile: v.optional(v.string()),
      values: v.record(v.string(), section),
      initials: section,
      compileRecord: v.record(v.string(), section),
    }),
    v.transform((frozen) => ({ ...frozen, configFile: frozen.configFile })),
  ),
  applications: v.array(
    v.object({
      name: v.string(),
      mode: v.picklist(["permanent", "transient", "temporary", "load", "none"]),
      version: v.string(),
    }),
  ),
  knownApplications: v.array(v.string()),
});

/** Reads the text of a record: what is wrong with it when it is none. */
export function parseBuildRecord(text: string): BuildRecord | string {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  const parsed = v.safeParse(schema, written);
  if (parsed.success) return parsed.output;
  const [{ message }] = parsed.issues;
  return `${v.getDotPath(parsed.issues[0]) ?? "it"}: ${message}`;
}
