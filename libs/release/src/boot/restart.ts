import { join } from "node:path";
import type { HostProcess } from "@kv/application";
import type { ReleasePlace } from "./release-place.ts";

/** Asks a node to stop in order and to begin anew in the same process. */
export const RESTART_SIGNAL = "SIGUSR2";

/** The signals that a {@link HostProcess} listens to, and what else happens to it. */
type Listener = Parameters<HostProcess["on"]>;

/**
 * `host` for a node that can be restarted: after {@link RESTART_SIGNAL} it stops as by SIGTERM, and where it would have ended well
 * its process goes on as what the command makes of it that it was started with, under the same number: systemd and heart see no end.
 */
export function restartable(
  host: NodeJS.Process,
  place: ReleasePlace,
  streams: Pick<HostProcess, "stdout" | "stderr">,
): HostProcess {
  let isWanted = false;
  host.on(RESTART_SIGNAL, () => {
    isWanted = true;
    host.kill(host.pid, "SIGTERM");
  });
  return {
    on: (...[event, listener]: Listener) => host.on(event, listener),
    off: (...[event, listener]: Listener) => host.off(event, listener),
    exit: (code) => {
      if (isWanted && code === 0) beginAnew(host, place);
      host.exit(code);
    },
    stdin: host.stdin,
    stdout: streams.stdout,
    stderr: streams.stderr,
  };
}

function beginAnew(host: NodeJS.Process, { root, build }: ReleasePlace): void {
  const script = join(root, "bin", build.name);
  // tidy-allow: it is to be what it was
  const [, , command = "start"] = host.argv;
  const variables = { ...host.env, RELEASE_COMMAND: command };
  host.emit("exit", 0);
  host.execve?.(script, [script, command], variables);
}
