import { parseArgs } from "node:util";
import {
  type ConfigurationSources,
  failureText,
  isApplicationError,
  isOperatingFailure,
  runCommandLine,
  runSystem,
} from "@kv/application";
import { ReleaseError } from "../errors.ts";
import { verifyRelease } from "../manifest/verify-release.ts";
import { pidFile, readPidFile, writePidFile } from "./pid-file.ts";
import { findPlace, type ReleasePlace } from "./release-place.ts";
import { type ReleaseParts, type ReleaseSystem, releaseSystem } from "./release-system.ts";
import { stopNode } from "./stop-node.ts";

/** A release's program. */
export interface ReleaseProgram extends ReleaseParts {
  readonly process: NodeJS.Process;
}

/** The command makes no sense: the exit code that `bin/NAME` has for it. */
const unknownCommandCode = 1;

/** How long `stop` waits by default. */
const stopTimeoutSeconds = 60;

/** What a command is given. */
interface Call {
  readonly program: ReleaseProgram;
  readonly place: ReleasePlace;
  readonly system: ReleaseSystem;
  /** Behind the command. */
  readonly words: readonly string[];
}

/**
 * What Node runs when `bin/NAME` is called: one command, with the place and the names that the script has put into the
 * variables. Ends the process with the command's exit code; a failure is one line on standard error.
 */
export async function runRelease(program: ReleaseProgram): Promise<void> {
  const { process: host } = program;
  const [command = "", ...words] = host.argv.slice(2);
  try {
    // tidy-allow: a release's script talks to it by variables, as mix release's does
    const variables = host.env;
    const place = findPlace(variables);
    refuseOtherNode(place, host.versions.node);
    const call = { program, place, system: releaseSystem(program, place, variables), words };
    const code = await run(command, call);
    if (code !== undefined) host.exit(code);
  } catch (error) {
    host.stderr.write(`${isOperatingFailure(error) ? error.message : failureText(error)}\n`);
    host.exit(isApplicationError(error, "CONFIG_INVALID") ? 78 : 1);
  }
}

/** The exit code; `undefined` where the process has been ended already. */
async function run(command: string, call: Call): Promise<number | undefined> {
  const { place, words } = call;
  if (command === "start") return await start(call);
  if (command === "stop") return await stop(call);
  if (command === "config") return await declared(call, "config", ["config", ...words]);
  if (command === "verify") return await verify(call);
  if (command === place.build.command) return await declared(call, command, words);
  call.program.process.stderr.write(`There is no command "${command}"\n`);
  return unknownCommandCode;
}

async function start({ program, place, system }: Call): Promise<undefined> {
  const { process: host } = program;
  const path = pidFile(place);
  let forget: (() => void) | undefined;
  host.once("exit", () => forget?.());
  await runSystem({
    ...system,
    process: host,
    onStart: () => {
      forget = writePidFile(path, host.pid);
    },
  });
  return undefined;
}

async function stop({ program, place, words }: Call): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: { timeout: { type: "string", default: String(stopTimeoutSeconds) } },
  });
  const seconds = Number(values.timeout);
  if (!(seconds >= 0)) {
    const problem = `--timeout takes a number of seconds, not "${values.timeout}"`;
    throw new ReleaseError("RELEASE_REFUSED", { problem });
  }
  const pid = readPidFile(pidFile(place));
  await stopNode(program.process, { node: place.node, pid, timeoutMs: seconds * 1000 });
  return 0;
}

/** Says whether the release is as it was assembled, and what an operator has edited. */
async function verify({ program, place }: Call): Promise<number> {
  const { name, version } = place.build;
  const { files, bytes, problems, edited } = await verifyRelease(place.root, version);
  const { stdout, stderr } = program.process;
  for (const file of edited) stdout.write(`${file} was edited, as it may be\n`);
  for (const problem of problems) stderr.write(`${problem}\n`);
  const what = `${name}-${version}: ${files} files, ${bytes} bytes`;
  if (problems.length === 0) stdout.write(`${what}, as assembled\n`);
  else stderr.write(`${what}; assemble it again, or copy it anew\n`);
  return problems.length === 0 ? 0 : 1;
}

/** A command that an application declares, or one that all nodes have. */
async function declared(
  { program, place, system }: Call,
  asked: string,
  words: readonly string[],
): Promise<number> {
  const { build } = place;
  const { applications, naming, configuration } = system;
  return await runCommandLine({
    program: asked === build.command ? `bin/${build.name} ${build.command}` : `bin/${build.name}`,
    description: `Looks after a node of the release ${build.name} that runs on this machine.`,
    words,
    applications,
    naming,
    configuration: (): Omit<ConfigurationSources, "applications"> => ({
      ...configuration,
      knownApplications: [...build.knownApplications, "logger"],
    }),
    host: program.process,
  });
}

/** A release is tried with one Node, and runs with no other. */
function refuseOtherNode({ build }: ReleasePlace, version: string): void {
  if (version === build.nodeVersion) return;
  const problem = `${build.name}-${build.version} needs Node ${build.nodeVersion}, this is ${version}; install that one, or assemble the release with its runtime`;
  throw new ReleaseError("RELEASE_REFUSED", { problem });
}
