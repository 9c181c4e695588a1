import { spawn } from "node:child_process";
import { onGuarded } from "./process-guard.ts";

/** Keeps a list of process ids, and kills them when its input ends before it was told that all is well: `+ PID`, `- PID`, `.` */
const SCRIPT = `
pids=' '
while read -r word pid; do
  case $word in
    +) pids="$pids$pid " ;;
    -) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
    .) exit 0 ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done
`;

/**
 * From now on every process that is guarded ends with this one even when it is killed with -9, which it does not see: a shell of its own, which
 * ctrl-C in a terminal does not reach, waits for that. Processes that ended before are none of its concern. Not on Windows.
 */
export function watchDeath(): Disposable {
  if (process.platform === "win32") return { [Symbol.dispose]: () => undefined };
  const watcher = spawn("sh", ["-c", SCRIPT], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.stdin.on("error", () => undefined);
  watcher.unref();
  onGuarded((pid, isGuarded) => {
    watcher.stdin.write(`${isGuarded ? "+" : "-"} ${pid}\n`);
  });
  return {
    [Symbol.dispose]: () => {
      onGuarded(undefined);
      watcher.stdin.end(".\n");
    },
  };
}
