import type {
  AnyApplication,
  Application,
  ApplicationContext,
  RunningApplication,
} from "../application.ts";
import { Evaluations } from "../shell/evaluations.ts";
import type { LiveSystem } from "../system/live-system.ts";
import { systemTime, type Time } from "../time.ts";
import { configCommand } from "./commands/config.ts";
import { envGetCommand } from "./commands/env-get.ts";
import { envPutCommand } from "./commands/env-put.ts";
import { reloadCommand } from "./commands/reload.ts";
import { createRemoteCommand } from "./commands/remote.ts";
import { createRpcCommand } from "./commands/rpc.ts";
import { statusCommand } from "./commands/status.ts";
import { declaredCommands } from "./declaration/declared-commands.ts";
import { controlEnvironment, cookieOfNode, directoryIn } from "./environment.ts";
import type { OfferedCommand } from "./node/control-call.ts";
import { factsOf } from "./node-facts.ts";
import { type NodeNaming, nodeNameIn } from "./node-naming.ts";
import { controlLog } from "./node/control-log.ts";
import { startControlServer } from "./node/control-server.ts";
import { prepareDirectory, socketPath } from "./socket-place.ts";

/** What a control socket is for. */
export interface ControlOptions {
  /** Those whose commands are offered, beside its own. */
  readonly applications: readonly AnyApplication[];
  readonly naming: NodeNaming;
  /** Of the program, as `status` tells it. */
  readonly version: string;
  /** Where operators' code is evaluated, where another shell on the node evaluates there, too. */
  readonly evaluations?: Evaluations | undefined;
  readonly time?: Time | undefined;
  /** `process.platform` by default. */
  readonly platform?: string | undefined;
}

type Control = Application<typeof controlEnvironment, undefined>;

/**
 * A node's control socket: an application, to be listed last, so that all others run when a command comes, and none has
 * stopped. It has commands of its own: `status`, `config`, `env get`, `env put`, `reload`, `rpc`, `remote`.
 *
 * The socket is in a private folder, and both ends prove that they know the cookie, without telling it. On Windows there
 * is none, which the log says.
 */
export function createControl(options: ControlOptions): Control {
  const { evaluations = new Evaluations(options.applications) } = options;
  // Those that look after any system, whatever its applications.
  const commands: Control["commands"] = [
    statusCommand,
    configCommand,
    envGetCommand,
    envPutCommand,
    reloadCommand,
    createRpcCommand(evaluations),
    createRemoteCommand(evaluations),
  ];
  const control: Control = {
    name: "control",
    description: "The socket by which an operator's commands reach a node on the same machine.",
    dependencies: [],
    environment: controlEnvironment,
    commands,
    start: (context) => startControl(context, control, { ...options, evaluations }),
  };
  return control;
}

async function startControl(
  { environment, system }: ApplicationContext<typeof controlEnvironment>,
  control: Control,
  options: ControlOptions & { readonly evaluations: Evaluations },
): Promise<RunningApplication<undefined>> {
  const { platform = process.platform, time = systemTime, version, evaluations } = options;
  if (platform === "win32") {
    controlLog.unavailable("Windows");
    return {
      api: undefined,
      finished: Promise.withResolvers<void>().promise,
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const identity = { uid: process.getuid?.() };
  const directory = directoryIn(environment, identity);
  await prepareDirectory(directory, identity);
  const name = nodeNameIn(options.naming, system);
  const server = await startControlServer({
    path: socketPath(directory, name),
    cookie: await cookieOfNode(environment, identity),
    commands: offeredCommands(control, options.applications, system),
    system,
    node: factsOf(name, version),
    time,
    log: controlLog,
  });
  return {
    api: undefined,
    finished: server.finished,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await evaluations[Symbol.asyncDispose]();
    },
  };
}

function offeredCommands(
  control: Control,
  applications: readonly AnyApplication[],
  system: LiveSystem,
): ReadonlyMap<string, OfferedCommand> {
  return new Map(
    declaredCommands([control, ...applications]).flatMap(({ command, application }) => {
      if (command.where === "standalone") return [];
      const api = (): unknown =>
        application.commands === control.commands ? undefined : system.api(application);
      return [[command.name, { command, api }] as const];
    }),
  );
}
