export type {
  ConfigProviderReference,
  ExecutableKind,
  ReleaseDefinition,
  ReleaseProof,
  Releases,
  ReleaseStep,
} from "./definition/release-definition.ts";
export type { ReleaseErrorCode, ReleaseFailures } from "./errors.ts";
export { ReleaseError } from "./errors.ts";
export type { Project, ProjectApplication } from "./project/project.ts";
export type { Release, ReleaseApplication, ReleaseOptions } from "./release.ts";
export type { Target, TargetName } from "./runtime/target.ts";
export { runReleaseInitTool } from "./tool/release-init-tool.ts";
export type { ReleaseToolOptions } from "./tool/release-tool.ts";
export { runReleaseTool } from "./tool/release-tool.ts";
