import { failureText, isApplicationError, OwnShell, runSystem } from "@kv/application";
import { declaredCommand } from "./declared-command.ts";
import { claimPidFile, pidFile } from "./pid-file.ts";
import { tell } from "./daemon/boot-news.ts";
import { daemonCommand } from "./daemon/daemon-command.ts";
import { LOG_VARIABLE } from "./daemon/daemon-files.ts";
import { beat, heartCommand } from "./daemon/heart-command.ts";
import { RotatingLog } from "./daemon/rotating-log.ts";
import { evalCommand } from "./eval-command.ts";
import { findPlace, type Variables } from "./release-place.ts";
import { type ReleaseParts, releaseSystem } from "./release-system.ts";
import type { ReleaseCall } from "./release-call.ts";
import { restartable } from "./restart.ts";
import { restartCommand } from "./restart-command.ts";
import { installCommand } from "./service/install-command.ts";
import { ServiceNotifier } from "./service/service-notifier.ts";
import { stopCommand } from "./stop-command.ts";
import { verifyCommand } from "./verify-command.ts";

/** A release's program. */
export interface ReleaseProgram extends ReleaseParts {
  readonly process: NodeJS.Process;
}

/** What was asked for could not be done, or is no command. */
const failureCode = 1;

/** The configuration cannot be used: `EX_CONFIG` of BSD's sysexits. No restart will mend it. */
const badConfigurationCode = 78;

/**
 * What Node runs when `bin/NAME` is called: one command, with the place and the names that the script has put into the
 * variables. Ends the process with the command's exit code; a failure is one line on standard error, a configuration that
 * cannot be used one report and 78.
 */
export async function runRelease(program: ReleaseProgram): Promise<void> {
  const { process: host } = program;
  const [command = "", ...words] = host.argv.slice(2);
  try {
    // tidy-allow: a release's script talks to it by variables, as mix release's does
    const variables = host.env;
    const place = findPlace(variables);
    const system = releaseSystem(program, place, variables);
    host.exit(await run(command, { process: host, place, system, words }));
  } catch (error) {
    host.stderr.write(`${failureText(error)}\n`);
    host.exit(isApplicationError(error, "CONFIG_INVALID") ? badConfigurationCode : failureCode);
  }
}

/** The exit code. */
async function run(command: string, call: ReleaseCall): Promise<number> {
  const { process: host, place, words } = call;
  const { build } = place;
  switch (command) {
    case "start":
      return await start(call);
    case "start_repl":
    case "start_iex":
      return await start(call, shellOf(call));
    case "stop":
      return await stopCommand(call);
    case "restart":
      return await restartCommand(call);
    case "daemon":
    // `remote` is a shell on any node: there is nothing more to prepare.
    case "daemon_repl":
    case "daemon_iex":
      return await daemonCommand(call);
    case "heart":
      return await heartCommand(call);
    case "config":
    case "rpc":
    case "remote":
      return await declaredCommand(call, `bin/${build.name}`, [command, ...words]);
    case "eval":
      return await evalCommand(call);
    case "install":
      return await installCommand(call);
    case "verify":
      return await verifyCommand(call);
    case "version":
      host.stdout.write(`${build.name} ${build.version}\n`);
      return 0;
    case build.command:
      return await declaredCommand(call, `bin/${build.name} ${command}`, words);
    default:
      host.stderr.write(usage(command, build));
      return failureCode;
  }
}

/** The shell on the terminal of the node itself. */
function shellOf({ process: host, place, system }: ReleaseCall): OwnShell {
  const { naming, evaluations } = system;
  return new OwnShell({ naming, version: place.build.version, evaluations, process: host });
}

async function start(
  { process: host, place, system }: ReleaseCall,
  shell?: OwnShell,
): Promise<number> {
  const forget = claimPidFile(pidFile(place), place.node);
  // However it ends, but by kill -9.
  host.once("exit", forget);
  // tidy-allow: a release's script talks to it by variables, as mix release's does
  const variables = host.env;
  const log = logOf(host, variables);
  const notifier = ServiceNotifier.find(host, variables);
  const outputs = log === undefined ? (shell?.outputs ?? host) : { stdout: log, stderr: log };
  return await runSystem({
    ...system,
    process: restartable(host, place, outputs),
    shell: shell && ((live, signal) => shell.run(live, signal)),
    onStart: () => {
      tell("started", variables);
      beat(variables);
      notifier?.serve();
    },
  });
}

/** The file that a daemon writes instead of its output. */
function logOf(host: NodeJS.Process, variables: Variables): RotatingLog | undefined {
  const path = variables[LOG_VARIABLE];
  if (path === undefined) return undefined;
  const log = new RotatingLog(path);
  // Before the applications are asked: what they say of it is in the new file.
  host.on("SIGHUP", () => log.reopen());
  return log;
}

function usage(
  command: string,
  { name, command: word }: { name: string; command: string },
): string {
  const commands = [
    "start",
    "start_repl",
    "daemon",
    "daemon_repl",
    "stop",
    "restart",
    "eval",
    "rpc",
    "remote",
    "config",
    "install",
    "verify",
    "version",
    `${word} COMMAND`,
  ];
  const wrong = command === "" ? "" : `There is no command "${command}".\n\n`;
  return `${wrong}Usage: bin/${name} COMMAND, which is one of ${commands.join(", ")}\n`;
}
