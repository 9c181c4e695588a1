export type {
  AnyApplication,
  Application,
  ApplicationContext,
  ApplicationMode,
  EnvironmentProblem,
  NodeNameKey,
  RunningApplication,
} from "./application.ts";
export type { HostProcess } from "./boundary/host-process.ts";
export type { RunOptions } from "./boundary/run-system.ts";
export { runSystem } from "./boundary/run-system.ts";
export type { Child, ChildSpecification, RestartType } from "./child.ts";
export type { ControlOptions } from "./control/control.ts";
export { createControl } from "./control/control.ts";
export type {
  AnyCommand,
  ArgumentDeclaration,
  CommandDeclaration,
  NodeCommand,
  OptionDeclaration,
  StandaloneCommand,
} from "./control/declaration/command.ts";
export type {
  NodeCall,
  NodeContext,
  NodeFacts,
  OperatorContext,
  OperatorStreams,
  StandaloneContext,
} from "./control/declaration/context.ts";
export type { Invocation } from "./control/declaration/invocation.ts";
export type { controlEnvironment } from "./control/environment.ts";
export type { OwnShellOptions } from "./control/own-shell.ts";
export { OwnShell } from "./control/own-shell.ts";
export { cookieOfSystem } from "./control/system-cookie.ts";
export type { NodeNaming } from "./control/node-naming.ts";
export { namingOf } from "./control/node-naming.ts";
export type { OperatorHost, OutputStream } from "./control/operator/host.ts";
export type { CommandLineOptions } from "./control/operator/run-command-line.ts";
export { runCommandLine } from "./control/operator/run-command-line.ts";
export { formatColumns } from "./control/commands/format-columns.ts";
export { formatBytes, formatDuration } from "./control/commands/format-quantity.ts";
export { formatSections } from "./control/commands/format-section.ts";
export type { CompileRecord } from "./configuration/compile-record.ts";
export type {
  BuildConfigContext,
  BuildConfigFunction,
  ConfigContext,
  ConfigFunction,
  ConfigNode,
} from "./configuration/config-file.ts";
export type {
  Configuration,
  ConfigurationEntry,
  ConfigurationSection,
} from "./configuration/configuration.ts";
export type {
  EnvironmentReader,
  IntegerRange,
  Variables,
} from "./configuration/environment-reader.ts";
export {
  freezeConfiguration,
  type FrozenConfiguration,
} from "./configuration/freeze-configuration.ts";
export type {
  BuildSources,
  ConfigurationSources,
  GivenValues,
} from "./configuration/load-configuration.ts";
export {
  configurationOf,
  loadConfiguration,
} from "./configuration/load-configuration.ts";
export type { FreezeSources } from "./configuration/freeze-configuration.ts";
export { configurationReport } from "./configuration/report.ts";
export { describeEnvironment } from "./configuration/describe-environment.ts";
export type { ConfigurationProblem } from "./configuration/problem.ts";
export type { ConfigProvider } from "./configuration/provider.ts";
export type { ConfigurationValues } from "./configuration/values.ts";
export type {
  ConfiguredEnvironment,
  EnvironmentDeclaration,
  EnvironmentKey,
  EnvironmentValues,
} from "./environment.ts";
export type { ApplicationErrorCode, ApplicationFailures } from "./errors.ts";
export { ApplicationError, isApplicationError } from "./errors.ts";
export type { ApplicationEvent } from "./events.ts";
export { applicationChannel } from "./events.ts";
export { closest } from "./configuration/spelling.ts";
export { ProgressLine } from "./control/operator/progress-line.ts";
export { isLoopback } from "./loopback.ts";
export type { LoggerOptions } from "./logger/logger.ts";
export { createLogger, loggerEnvironment } from "./logger/logger.ts";
export type { LogStream } from "./logger/log-stream.ts";
export { failureReason, failureText, isOperatingFailure } from "./operating-failure.ts";
export type { SystemApplication } from "./plan.ts";
export { planSystem } from "./plan.ts";
export type { RestartIntensity } from "./supervisor/restart-intensity.ts";
export type { SupervisorStrategy } from "./supervisor/strategy.ts";
export type { ChildStatus, Supervisor, SupervisorOptions } from "./supervisor/supervisor.ts";
export { startSupervisor } from "./supervisor/supervisor.ts";
export type { Evaluation } from "./evaluate/evaluation.ts";
export { Evaluations } from "./shell/evaluations.ts";
export type { LoneExpression } from "./shell/evaluate-alone.ts";
export { evaluateAlone } from "./shell/evaluate-alone.ts";
export { shownError } from "./shell/shown-error.ts";
export type { ShellEntries, ShellEntry } from "./shell/shell-entry.ts";
export type { StopFailure } from "./stop-failure.ts";
export type { SystemOptions } from "./system/start-system.ts";
export { startSystem } from "./system/start-system.ts";
export type {
  FetchedValue,
  LiveSystem,
  ReloadFailure,
  StatusSection,
} from "./system/live-system.ts";
export type { System, SystemExit } from "./system/system.ts";
export type { CertificateAudience, CertificateEvent } from "./tls/certificate-news.ts";
export type { Certificates, CertificatesOptions } from "./tls/certificates.ts";
export { openCertificates } from "./tls/certificates.ts";
export type { ExpiryWatchOptions } from "./tls/expiry-watch.ts";
export { watchExpiry } from "./tls/expiry-watch.ts";
export type { LoadedTls } from "./tls/load-tls.ts";
export { loadTls } from "./tls/load-tls.ts";
export type { TlsFileKey, TlsFiles } from "./tls/tls-files.ts";
export type { TlsMaterial } from "./tls/tls-material.ts";
export type { Time } from "./time.ts";
export { systemTime, unixTimeMs } from "./time.ts";
