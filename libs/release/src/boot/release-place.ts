import { readFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { BUILD_RECORD, type BuildRecord, parseBuildRecord } from "../configuration/build-record.ts";
import { layout } from "../layout.ts";
import { cannotRun } from "./cannot-run.ts";

/** The variables of the operating system. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** A release as it lies on the machine that runs it, and what its script has said. */
export interface ReleasePlace {
  /** Absolute. */
  readonly root: string;
  readonly build: BuildRecord;
  /** The name that the node is started under, as somebody wrote it: the release's own by default. */
  readonly node: string;
  /** `undefined` where the script found none. */
  readonly cookie: string | undefined;
  /** For what lasts as long as a node: its pid. */
  readonly temporary: string;
  /**
   * Of the configuration that is evaluated at every boot: relative to `root` where it lies there, absolute elsewhere;
   * `undefined` for none.
   */
  readonly runtimeFile: string | undefined;
}

/** What a node may be called: also the name of a file. */
const nodeName = /^[\w.@-]+$/u;

/**
 * What `bin/NAME` has set says where the release is. Throws `CANNOT_RUN` when it was not asked, when the release is not as it
 * was assembled, or what it was told makes no sense.
 */
export function findPlace(given: Variables): ReleasePlace {
  // A variable that is empty says nothing.
  const variables = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  const { RELEASE_ROOT, RELEASE_VSN: version, RELEASE_NODE, RELEASE_COOKIE: cookie } = variables;
  if (RELEASE_ROOT === undefined || version === undefined) {
    throw cannotRun("A release is started by the script in its folder bin, which says where it is");
  }
  const root = resolve(RELEASE_ROOT);
  const folder = layout.version(version);
  const build = readRecord(root, `${folder}/${BUILD_RECORD}`);
  const node = RELEASE_NODE ?? build.name;
  if (!nodeName.test(node)) {
    const example = `${build.name} or ${build.name}@host`;
    throw cannotRun(`RELEASE_NODE is the name of a node, such as ${example}, not "${node}"`);
  }
  const { RELEASE_TMP, RELEASE_SYS_CONFIG } = variables;
  const own = build.runtimeFile === null ? undefined : join(root, folder, build.runtimeFile);
  return {
    root,
    build,
    node,
    cookie,
    temporary: RELEASE_TMP ?? join(root, layout.temporary),
    runtimeFile: own === undefined ? undefined : nameIn(root, RELEASE_SYS_CONFIG ?? own),
  };
}

/** `path` as messages name it. */
function nameIn(root: string, path: string): string {
  const absolute = resolve(path);
  const name = relative(root, absolute);
  const isElsewhere = name.startsWith("..") || isAbsolute(name);
  return isElsewhere ? absolute : name.replaceAll(sep, "/");
}

function readRecord(root: string, name: string): BuildRecord {
  const path = join(root, name);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const isMissing = error.code === "ENOENT";
    const reason = isMissing ? "there is no such file" : error.message;
    throw cannotRun(
      `${path} cannot be read: ${reason}; RELEASE_VSN names a version in ${root}/releases`,
    );
  }
  const record = parseBuildRecord(text);
  if (typeof record !== "string") return record;
  throw cannotRun(`${path} is not as it was assembled: ${record}; assemble the release anew`);
}
