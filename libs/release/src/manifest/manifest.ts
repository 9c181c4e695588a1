import * as v from "valibot";

/** Of a file: what it has to be. */
export interface ManifestFile {
  /** Of its bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
  /** Whether it may be executed. */
  readonly executable: boolean;
}

/** All files of one version of a release, but for the manifest, the cookie, and what nodes write. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly target: string;
  readonly nodeVersion: string;
  /** By their path in the release, with `/`, in alphabetical order. */
  readonly files: Readonly<Record<string, ManifestFile>>;
}

/** Its name in a version's folder. */
export const MANIFEST = "manifest.json";

/** What an operator may edit, by its name in a version's folder. */
export const EDITABLE: ReadonlySet<string> = new Set([
  "runtime.mjs",
  "env.sh",
  "env.bat",
  "vm.args",
  "remote.vm.args",
]);

const schema: v.GenericSchema<unknown, Manifest> = v.object({
  name: v.string(),
  version: v.string(),
  target: v.string(),
  nodeVersion: v.string(),
  files: v.record(
    v.string(),
    v.object({ sha256: v.string(), bytes: v.number(), executable: v.boolean() }),
  ),
});

/** Reads the text of a manifest; `undefined` when it is none. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
