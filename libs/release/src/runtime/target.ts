/** A platform that a release can be made for. */
export interface Target {
  /** As `--target` has it: `process.platform`-`process.arch`, with `win` for `win32`. */
  readonly name: TargetName;
  /** npm's package with Node for it. */
  readonly packageName: string;
  /** Node's program in that package. */
  readonly program: string;
  readonly executables: "unix" | "windows";
}

/** All that there are. */
export type TargetName = "linux-x64" | "linux-arm64" | "darwin-x64" | "darwin-arm64" | "win-x64";
