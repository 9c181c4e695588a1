import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { constants } from "node:os";
import {
  failureText,
  isApplicationError,
  isOperatingFailure,
  ProgressLine,
  systemTime,
} from "@kv/application";
import { assembleRelease } from "../assemble/assemble-release.ts";
import type { Assembly } from "../assemble/assembly.ts";
import { chooseRelease } from "../definition/load-releases.ts";
import { resolveRelease } from "../definition/resolve-release.ts";
import { ReleaseError } from "../errors.ts";
import { versionFolder } from "../layout.ts";
import { writeManifest } from "../manifest/write-manifest.ts";
import { findProject } from "../project/find-project.ts";
import { proveRelease, refuseForeign } from "../prove/prove-release.ts";
import type { Release } from "../release.ts";
import { pinnedNode } from "../runtime/pinned-node.ts";
import { platformName, targetOf } from "../runtime/targets.ts";
import { packRelease } from "../tarball/pack-release.ts";
import { confirm } from "./confirm.ts";
import { parseReleaseArguments, type ReleaseArguments } from "./release-arguments.ts";

/** What the tool works on. */
export interface ReleaseToolOptions {
  /** Folder of the project: where its `package.json` is. */
  readonly root: string;
  /** How it is called, for its help: `npm run release --`. */
  readonly program: string;
  /** What was typed behind it. */
  readonly words: readonly string[];
  readonly host: NodeJS.Process;
}

/** What was typed makes no sense: `EX_USAGE` of BSD's sysexits. */
const usageCode = 64;

/** The environment that a release is assembled for unless `KV_ENV` names another one. */
const defaultEnvironment = "prod";

/**
 * `npm run release`: assembles the release that was named, says what it does, and at the end where it is and how it is used.
 * Resolves with the exit code: 0, 1 with one message on standard error when it cannot be, 64 for unknown options, 130 and 143
 * when it was given up.
 */
export async function runReleaseTool(options: ReleaseToolOptions): Promise<number> {
  const { host, program, words } = options;
  const line = parseReleaseArguments(program, words);
  if (line.type !== "release") {
    (line.type === "help" ? host.stdout : host.stderr).write(line.text);
    return line.type === "help" ? 0 : usageCode;
  }
  const interruption = new AbortController();
  const onSignal = (signal: "SIGINT" | "SIGTERM"): void => interruption.abort(signal);
  host.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const begun = { isBegun: false };
  using progress = new ProgressLine(host.stderr, systemTime, host.stderr.isTTY);
  try {
    await release(line.typed, { ...options, interruption, progress, begun });
    return 0;
  } catch (error) {
    progress.clear();
    if (interruption.signal.aborted) return givenUp(host, interruption.signal, begun);
    host.stderr.write(`${messageFor(error)}\n`);
    return 1;
  } finally {
    host.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

interface Surroundings extends ReleaseToolOptions {
  readonly interruption: AbortController;
  readonly progress: ProgressLine;
  readonly begun: Begun;
}

/** Whether something is in the release's folder that was not there before. */
interface Begun {
  isBegun: boolean;
}

async function release(typed: ReleaseArguments, around: Surroundings): Promise<void> {
  const { host } = around;
  // tidy-allow: the environment to build for is what chooses a configuration, not a part of it
  const variables = host.env;
  const target = targetOf(typed.target ?? platformName(host));
  const project = await findProject(around.root);
  const chosen = await chooseRelease(project, typed.name);
  const resolved = await resolveRelease(project, chosen, {
    ...typed,
    configEnv: variables["KV_ENV"] ?? defaultEnvironment,
    target,
    nodeVersion: await pinnedNode(project.root, target),
  });
  if (typed.prove) refuseForeign(resolved);
  await agreeToOverwrite(resolved, typed, around);
  const say = (text: string): void => {
    around.progress.clear();
    if (!resolved.options.quiet) host.stdout.write(`${text}\n`);
  };
  around.begun.isBegun = true;
  say(`* assembling ${resolved.name}-${resolved.version} on KV_ENV=${resolved.configEnv}`);
  const assembly: Assembly = {
    say: (text) => say(`* ${text}`),
    progress: (what, done, of) => {
      const share = of === undefined ? "" : ` ${Math.round((100 * done) / of)} %`;
      around.progress.show(`${what}${share}`);
    },
    signal: around.interruption.signal,
    variables,
  };
  const made = await takeSteps(resolved, assembly);
  if (typed.prove) await proveRelease(made, assembly);
  say(`\n${wayOn(made, host.cwd())}`);
}

/** `assemble`, `tar` and the project's own, one after the other. */
async function takeSteps(first: Release, assembly: Assembly): Promise<Release> {
  let made = first;
  let isAssembled = false;
  for (const step of first.options.steps) {
    assembly.signal.throwIfAborted();
    if (step === "assemble") {
      await assembleRelease(made, assembly);
      isAssembled = true;
    } else if (step === "tar")
      assembly.say(`made ${relative("", await packRelease(made, assembly))}`);
    else {
      made = await ownStep(made, step);
      // It may have brought or changed files, which are of the release from here on.
      if (isAssembled) await writeManifest(made, assembly);
    }
  }
  return made;
}

async function ownStep(
  made: Release,
  step: (release: Release) => Release | Promise<Release>,
): Promise<Release> {
  const what = `the step ${step.name === "" ? "(a function without a name)" : step.name}`;
  try {
    const answer: Release | undefined = await step(made);
    if (answer !== undefined) return answer;
  } catch (error) {
    const reason = failureText(error).split("\n", 1)[0] ?? "";
    throw new ReleaseError("ASSEMBLY_FAILED", { what, reason }, { cause: error });
  }
  throw new ReleaseError("ASSEMBLY_FAILED", { what, reason: "it does not answer the release" });
}

async function agreeToOverwrite(
  made: Release,
  { overwrite }: ReleaseArguments,
  { host, program, interruption }: Surroundings,
): Promise<void> {
  if (overwrite || !existsSync(versionFolder(made))) return;
  const { name, version, path } = made;
  const there = `${name}-${version} is there already, in ${relative(host.cwd(), path) || "."}`;
  if (host.stdin.isTTY && host.stdout.isTTY) {
    if (await confirm(`${there}. Overwrite it?`, host, interruption)) return;
  }
  const problem = `${there}; assemble it again with ${program} ${name} --overwrite`;
  throw new ReleaseError("RELEASE_REFUSED", { problem });
}

function wayOn({ name, path, options, target }: Release, from: string): string {
  const folder = shownPath(path, from);
  const scripts = options.executables.map((kind) =>
    oneWord(`${join(folder, "bin", name)}${kind === "unix" ? "" : ".bat"}`),
  );
  const [script = ""] = scripts;
  const runsHere = target.name === platformName(process);
  return [
    `The release is in ${folder}. Copy it to where it is to run${runsHere ? ", or try it here" : ` (${target.name})`}:`,
    ``,
    `    ${script} start    # until ctrl-C`,
    `    ${script} remote   # a shell on the node, while it runs`,
    `    ${script} stop     # as SIGTERM and ctrl-C do`,
    ``,
    `${script} without a command lists the others.`,
  ].join("\n");
}

/** Relative to the current directory only below it: a way that leads upwards is hard to follow. */
function shownPath(path: string, from: string): string {
  const way = relative(from, path);
  return way.startsWith("..") ? path : way;
}

/** As a shell takes it for one word. */
function oneWord(word: string): string {
  return /^[\w./\\:@-]+$/u.test(word) ? word : `"${word}"`;
}

function givenUp(host: NodeJS.Process, { reason }: AbortSignal, { isBegun }: Begun): number {
  const left = isBegun
    ? "what is half done has no manifest: assemble it again, with --overwrite"
    : "nothing was changed";
  host.stderr.write(`Given up; ${left}\n`);
  return 128 + (reason === "SIGTERM" ? constants.signals.SIGTERM : constants.signals.SIGINT);
}

function messageFor(error: unknown): string {
  // Several problems in one report, in its own words.
  if (isApplicationError(error, "CONFIG_INVALID")) {
    return error.message.replace(/^Cannot start/u, "Cannot assemble the release");
  }
  return isOperatingFailure(error) ? error.message : failureText(error);
}
