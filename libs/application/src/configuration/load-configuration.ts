import type { SystemApplication } from "../plan.ts";
import { type CompileRecord, compileRecordOf } from "./compile-record.ts";
import { type ConfigNode, readConfigFile } from "./config-file.ts";
import type { Configuration } from "./configuration.ts";
import type { Variables } from "./environment-reader.ts";
import type { FrozenConfiguration } from "./freeze-configuration.ts";
import { fold } from "./fold.ts";
import { configuredApplications, judge } from "./judge.ts";
import {
  brokenLayer,
  buildLayer,
  type ConfigSource,
  type Layer,
  plainLayer,
  runtimeLayer,
} from "./layer.ts";
import type { ConfigProvider } from "./provider.ts";
import { failureReason } from "../operating-failure.ts";
import type { ConfigurationValues } from "./values.ts";

/** Where configuration comes from when a release is built. */
export interface BuildSources {
  /** Those that are only loaded, and dependencies that are not listed, are configured too. */
  readonly applications: readonly SystemApplication[];
  /** Applications of the umbrella that may be configured although they are not in this system. */
  readonly knownApplications?: readonly string[] | undefined;
  /** What the names of files are relative to: the current directory by default. */
  readonly root?: string | undefined;
  /** Evaluated at build time: `config/config.ts`. Named in origins as it is written here. */
  readonly configFile?: string | undefined;
  /** `dev`, `test`, `prod`, or any other word. */
  readonly configEnv: string;
}

/** What is said without a file. */
export interface GivenValues {
  /** As origins name it: `RELEASE_COOKIE`. */
  readonly source: string;
  readonly values: ConfigurationValues;
}

/** Where configuration comes from at a boot, from the lowest layer to the highest. */
export interface ConfigurationSources extends BuildSources {
  /** What holds where nothing else says anything, instead of the declared defaults; the last one on top. */
  readonly given?: readonly GivenValues[] | undefined;
  /** Evaluated at every boot: `config/runtime.ts`. */
  readonly runtimeFile?: string | undefined;
  readonly providers?: readonly ConfigProvider[] | undefined;
  /** What the operating system says, for `env` in the runtime file. */
  readonly variables: Variables;
  readonly node: ConfigNode;
  /** What `freezeConfiguration` has written down when a release was built: it stands for `configFile`, and for `init` of the providers. */
  readonly frozen?: FrozenConfiguration | undefined;
  /**
   * What was fixed when the system was built: what `frozen` has of it by default. In development, where nothing was built,
   * it is what defaults and `configFile` say now, so that a runtime file that changes a fixed key is refused there too.
   * `unchecked` lets every boot say what it likes.
   */
  readonly compileRecord?: CompileRecord | "unchecked" | undefined;
}

/**
 * Folds defaults, build-time file, runtime file and providers into one configuration and validates it, before
 * anything starts. Throws `CONFIG_INVALID` with every problem there is, and what `planSystem` throws.
 */
export async function loadConfiguration(sources: ConfigurationSources): Promise<Configuration> {
  const { frozen, given = [] } = sources;
  const built = [
    ...given.map(({ source, values }) => plainLayer(source, values)),
    ...(frozen === undefined ? await buildLayers(sources) : frozenLayers(frozen)),
  ];
  const layers = [...built, ...(await runtimeLayers(sources))];
  for (const provider of sources.providers ?? []) {
    layers.push(await providerLayer(provider, fold(layers).values, frozen));
  }
  return judge(layers, { ...sources, record: recordFor(sources, built) });
}

/** What must not be contradicted; `undefined` when all may be. */
function recordFor(
  { compileRecord, frozen, applications }: ConfigurationSources,
  built: readonly Layer[],
): CompileRecord | undefined {
  if (compileRecord === "unchecked") return undefined;
  const record = compileRecord ?? frozen?.compileRecord;
  return record ?? compileRecordOf(configuredApplications(applications), fold(built));
}

/** A configuration from plain objects, for tests and tools. Throws `CONFIG_INVALID`. */
export function configurationOf(
  applications: readonly SystemApplication[],
  values: ConfigurationValues = {},
): Configuration {
  return judge([plainLayer("given", values)], { applications });
}

/** The layers of build time: what `configFile` says. */
export async function buildLayers({ root, configFile, configEnv }: BuildSources): Promise<Layer[]> {
  if (configFile === undefined) return [];
  return [await fileLayer({ root, file: configFile, context: { configEnv } }, buildLayer)];
}

function frozenLayers({ configFile, values }: FrozenConfiguration): Layer[] {
  return configFile === undefined ? [] : [plainLayer(configFile, values)];
}

async function runtimeLayers(sources: ConfigurationSources): Promise<readonly Layer[]> {
  const { root, runtimeFile: file, configEnv, node, variables } = sources;
  if (file === undefined) return [];
  const evaluate = (source: ConfigSource): Layer => runtimeLayer(source, variables);
  return [await fileLayer({ root, file, context: { configEnv, node } }, evaluate)];
}

interface FileToRead extends Omit<ConfigSource, "config"> {
  readonly root: string | undefined;
}

async function fileLayer(
  { root = ".", file, context }: FileToRead,
  evaluate: (source: ConfigSource) => Layer,
): Promise<Layer> {
  const read = await readConfigFile(root, file);
  if (read.type === "unreadable") return brokenLayer(file, read.problem);
  return evaluate({ file, context, config: read.config });
}

async function providerLayer(
  provider: ConfigProvider,
  below: ConfigurationValues,
  frozen: FrozenConfiguration | undefined,
): Promise<Layer> {
  const source = `provider ${provider.name}`;
  try {
    const initial: unknown =
      frozen === undefined ? await provider.init?.() : frozen.initials[provider.name];
    return plainLayer(source, await provider.load(below, initial));
  } catch (error) {
    return brokenLayer(source, { subject: source, expected: `it throws: ${failureReason(error)}` });
  }
}
