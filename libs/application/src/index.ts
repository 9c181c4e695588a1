export type {
  AnyApplication,
  Application,
  ApplicationContext,
  ApplicationMode,
  EnvironmentProblem,
  RunningApplication,
} from "./application.ts";
export type { Child, ChildSpecification, RestartType } from "./child.ts";
export type {
  ConfiguredEnvironment,
  EnvironmentDeclaration,
  EnvironmentKey,
  EnvironmentValues,
} from "./environment.ts";
