import {
  type CommandLineOptions,
  createLogger,
  type OperatorHost,
  runCommandLine,
} from "@kv/application";
import type { ReleaseCall } from "./release-call.ts";

/** A run of a command for whoever called `bin/NAME`, or for `host`. */
interface DeclaredCall extends ReleaseCall, Pick<CommandLineOptions, "onFailure"> {
  readonly host?: OperatorHost;
}

/**
 * Runs a command that an application of the release declares, or one that every node has; resolves with its exit code.
 * `program` is what it is called by, as its help says it.
 */
export async function declaredCommand(
  { process, place, system, host, onFailure }: DeclaredCall,
  program: string,
  words: readonly string[],
): Promise<number> {
  const { stdout, stderr } = process;
  const { applications, naming, configuration } = system;
  // Its configuration is a part of the node's; nothing of it is started here.
  const logger = createLogger({ channels: [], stdout, stderr });
  return await runCommandLine({
    program,
    description: `Looks after a node of ${place.build.name} that runs on this machine.`,
    words,
    applications: [{ application: logger, mode: "load" }, ...applications],
    naming,
    configuration: () => configuration,
    isConfigurationFixed: true,
    isNodeOptional: true,
    host: host ?? process,
    onFailure,
  });
}
