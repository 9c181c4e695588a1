import { ApplicationError } from "../../errors.ts";
import { failureReason } from "../../operating-failure.ts";
import type { NodeCommand } from "../declaration/command.ts";

/** `reload`: what SIGHUP does, with an answer. */
export const reloadCommand: NodeCommand<undefined, { readonly reloaded: true }, never> = {
  name: "reload",
  summary: "Has the node read its certificates anew",
  description:
    "What SIGHUP does, too. Files that cannot be used leave the former ones in force. Values of the configuration are not read anew: env put changes them.",
  where: "node",
  level: "info",
  run: async ({ system }) => {
    const failures = await system.reload();
    if (failures.length === 0) return { reloaded: true };
    const reason = failures
      .map(({ application, failure }) => {
        return `${application} goes on with what it had: ${failureReason(failure)}`;
      })
      .join("; ");
    throw new ApplicationError("COMMAND_FAILED", { action: "reload", reason });
  },
  format: () => "OK",
};
