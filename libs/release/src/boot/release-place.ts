import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUILD_RECORD, type BuildRecord, parseBuildRecord } from "../configuration/build-record.ts";
import { ReleaseError } from "../errors.ts";
import { layout } from "../layout.ts";

/** The variables of the operating system. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A release as it lies on the machine that runs it, and what its script has said. */
export interface ReleasePlace {
  /** Absolute. */
  readonly root: string;
  readonly build: BuildRecord;
  /** The name that the node is started under, as somebody wrote it: the release's own by default. */
  readonly node: string;
  /** For what lasts as long as a node: its pid. */
  readonly temporary: string;
  /** Of the configuration that is evaluated at every boot, relative to `root` where it lies there; `undefined` for none. */
  readonly runtimeFile: string | undefined;
}

/** What `bin/NAME` has set says where the release is. Throws `RELEASE_REFUSED` when it was not asked. */
export function findPlace(variables: Variables): ReleasePlace {
  const { RELEASE_ROOT: root, RELEASE_VSN: version, RELEASE_NODE: node } = variables;
  if (root === undefined || version === undefined) {
    throw refused("A release is started by the script in its folder bin, which says where it is");
  }
  const folder = layout.version(version);
  const build = readRecord(join(root, folder, BUILD_RECORD));
  const own = build.runtimeFile === null ? undefined : `${folder}/${build.runtimeFile}`;
  return {
    root,
    build,
    node: node === undefined || node === "" ? build.name : node,
    temporary: variables["RELEASE_TMP"] ?? join(root, layout.temporary),
    runtimeFile: own === undefined ? undefined : (variables["RELEASE_SYS_CONFIG"] ?? own),
  };
}

function readRecord(path: string): BuildRecord {
  const record = parseBuildRecord(readText(path));
  if (record !== undefined) return record;
  throw refused(`${path} is no record of a build; assemble the release anew`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refused(`The release cannot be started: ${reason}; assemble it anew`);
  }
}

function refused(problem: string): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem });
}
