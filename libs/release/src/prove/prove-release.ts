import { dirname, join } from "node:path";
import { failureText, systemTime, type Time } from "@kv/application";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import { layout } from "../layout.ts";
import type { Release, ReleaseOptions } from "../release.ts";
import { platformName } from "../runtime/targets.ts";
import { folderBytes, shownMegabytes } from "./folder-bytes.ts";
import { type NodeSetting, ProvenNode } from "./proven-node.ts";
import { copyRelease, type ReleaseCopy } from "./release-copy.ts";

/** As much of a release as a proof depends on. */
export interface ProvableRelease
  extends Pick<Release, "name" | "version" | "path" | "nodeVersion"> {
  readonly target: Pick<Release["target"], "name">;
  readonly options: Pick<ReleaseOptions, "includeRuntime" | "proof">;
}

/** What a proof has measured. */
export interface ProvenRelease {
  /** From the start of `bin/NAME` until all of the node runs, in milliseconds. */
  readonly bootMs: number;
  /** Of the whole folder, without `data` and `tmp`. */
  readonly folderBytes: number;
  /** Of this version's bundled code. */
  readonly codeBytes: number;
  /** Of the Node in it: 0 without. */
  readonly runtimeBytes: number;
}

/**
 * Proves that an assembled release works: a copy of it, in a folder with a space in its path and with nothing of the
 * project above it, is started with an empty environment and the proof's variables, is asked what the proof asks, and
 * is stopped in order. `PORT` is 0, and `HOME` and `XDG_RUNTIME_DIR` are temporary folders, unless the proof says
 * otherwise. Its log has to tell what has `info`.
 *
 * Throws `RELEASE_REFUSED` for another platform's, and `ASSEMBLY_FAILED` with all that the node has printed. Nothing is
 * left of copy and processes.
 */
export async function proveRelease(
  release: ProvableRelease,
  assembly: Assembly,
  time: Time = systemTime,
): Promise<ProvenRelease> {
  refuseForeign(release);
  const { name, version } = release;
  assembly.say(`proving ${name}-${version}: a copy of it is started, asked and stopped`);
  await using copy = await copyRelease(release.path, name);
  const setting = settingFor(release, copy, { signal: assembly.signal, time });
  const bootMs = await liveOnce(release, setting, time);
  const [whole, codeBytes, runtimeBytes] = await Promise.all([
    folderBytes(copy.root),
    folderBytes(join(copy.root, layout.code(name, version))),
    folderBytes(join(copy.root, layout.runtime(release.nodeVersion, release.target.name))),
  ]);
  const stored = await Promise.all(
    [layout.data, layout.temporary].map((each) => folderBytes(join(copy.root, each))),
  );
  const proven = {
    bootMs,
    codeBytes,
    runtimeBytes,
    folderBytes: stored.reduce((left, bytes) => left - bytes, whole),
  };
  assembly.say(shownProof(release, proven));
  return proven;
}

/** Refuses what cannot run here, as {@link proveRelease} does, before any of it is assembled. */
export function refuseForeign({ name, target }: Pick<ProvableRelease, "name" | "target">): void {
  const here = platformName(process);
  if (target.name === here && target.name !== "win-x64") return;
  const problem = `Cannot prove ${name} for ${target.name}: it does not run on ${here}; prove it there`;
  throw new ReleaseError("RELEASE_REFUSED", { problem });
}

function settingFor(
  { name, options }: ProvableRelease,
  { root, directory }: ReleaseCopy,
  given: Pick<NodeSetting, "signal" | "time">,
): NodeSetting {
  const machine = "/usr/local/bin:/usr/bin:/bin";
  return {
    ...given,
    program: join(root, "bin", name),
    directory,
    variables: {
      // Where the release has no Node of its own, the machine has to have it: the one that this runs on.
      PATH: options.includeRuntime === false ? `${dirname(process.execPath)}:${machine}` : machine,
      HOME: directory,
      XDG_RUNTIME_DIR: directory,
      PORT: "0",
      ...options.proof.variables?.(directory),
    },
  };
}

/** One life of the node, in which the proof asks; answers how long it took to start. */
async function liveOnce(
  release: ProvableRelease,
  setting: NodeSetting,
  time: Time,
): Promise<number> {
  const beganMs = time.nowMs();
  using node = new ProvenNode(setting, ["start"]);
  try {
    await node.started();
    const bootMs = time.nowMs() - beganMs;
    await release.options.proof.ask?.((...words) => run(setting, words));
    node.terminate();
    await node.ended();
    if (node.isAnyLeft) throw new Error("a process that it had started outlives it");
    return bootMs;
  } catch (error) {
    setting.signal.throwIfAborted();
    const what = `Proving ${release.name}-${release.version}`;
    const printed = node.printed === "" ? "It printed nothing." : `It printed:\n${node.printed}`;
    const reason = `${reasonOf(error)}\n${printed}`;
    throw new ReleaseError("ASSEMBLY_FAILED", { what, reason }, { cause: error });
  }
}

/** Runs `bin/NAME` with `words` to its end. */
async function run(setting: NodeSetting, words: readonly string[]): Promise<string> {
  using node = new ProvenNode(setting, words);
  try {
    await node.ended();
    return node.stdout;
  } catch (error) {
    const reason = `${words.join(" ")}: ${reasonOf(error)}\n${node.printed}`;
    throw new Error(reason.trimEnd(), { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : failureText(error);
}

function shownProof({ name, version }: ProvableRelease, proven: ProvenRelease): string {
  const { bootMs, codeBytes, runtimeBytes } = proven;
  const sizes = `code ${shownMegabytes(codeBytes)}, Node ${shownMegabytes(runtimeBytes)}`;
  const whole = shownMegabytes(proven.folderBytes);
  return `proven: ${name}-${version} serves after ${bootMs} ms, answers, and stops in order; ${whole} (${sizes})`;
}
