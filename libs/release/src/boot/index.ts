export type { ReleaseProgram } from "./run-release.ts";
export { runRelease } from "./run-release.ts";
