import { spawn } from "node:child_process";
import { once } from "node:events";
import { checkout } from "./checkout.ts";
import { within } from "./deadline.ts";
import { findProgram } from "./find-program.ts";
import { guardProcess, pidOf } from "./process-guard.ts";
import { makeTemporaryDirectory } from "./temporary-directory.ts";

/**
 * A file system of its own size, which is full when it is full. It is mounted in a namespace: nobody else sees it, it takes
 * no rights on the machine, and it goes with its last process.
 */
export interface SmallDisk extends AsyncDisposable {
  /** Where it is for those who run in it. */
  readonly path: string;
  /** Where the test finds the same folder. */
  readonly outsidePath: string;
  /** What a command has to be run by to run in it. */
  readonly launcher: readonly string[];
}

/** Makes one; where that cannot be had, the reason. */
export async function openSmallDisk(bytes: number): Promise<SmallDisk | string> {
  const [unshare, nsenter] = [findProgram("unshare"), findProgram("nsenter")];
  if (unshare === undefined || nsenter === undefined) return "there is no unshare, or no nsenter";
  const directory = await makeTemporaryDirectory();
  const script = `mount -t tmpfs -o size=${bytes} none "$1" && echo mounted && exec cat`;
  const words = ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", directory.path];
  const holder = spawn(unshare, words, { cwd: checkout, stdio: ["pipe", "pipe", "pipe"] });
  const unguard = guardProcess(pidOf(holder));
  const gone = once(holder, "close");
  let complaint = "";
  holder.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  const mounted = new Promise<boolean>((resolve) => {
    holder.stdout.once("data", () => resolve(true));
    void gone.then(() => resolve(false));
  });
  const close = async (): Promise<void> => {
    holder.stdin.end();
    await within(gone, "the small disk to go");
    unguard();
    await directory[Symbol.asyncDispose]();
  };
  if (!(await within(mounted, "a small disk"))) {
    await close();
    return `a file system cannot be mounted: ${complaint.trim()}`;
  }
  const target = ["--target", String(holder.pid)];
  return {
    path: directory.path,
    outsidePath: `/proc/${holder.pid}/root${directory.path}`,
    launcher: [nsenter, ...target, "--user", "--mount", "--wd", "--preserve-credentials", "--"],
    [Symbol.asyncDispose]: close,
  };
}
