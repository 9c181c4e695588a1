import type { GenericSchema, InferInput, InferOutput } from "valibot";

/** One key of an application's environment, declared once: type, default, documentation. */
export interface EnvironmentKey<Schema extends GenericSchema = GenericSchema> {
  /** From what a configuration file may say to what the application works with. */
  readonly schema: Schema;
  /** What holds when nobody says anything; goes through `schema` like any other value. */
  readonly default: InferInput<Schema>;
  /** A sentence for docs/configuration.md. */
  readonly doc: string;
  /**
   * A secret's value is never printed, logged or put in a report. What `schema` says in messages of its own must
   * not quote it either.
   */
  readonly secret?: boolean;
  /** Read when the application starts and never again: a put on a running node is refused. */
  readonly startOnly?: boolean;
  /** Fixed when a release is built: a boot that contradicts the recorded value is refused. */
  readonly compileTime?: boolean;
}

/** All keys of an application's environment. */
export type EnvironmentDeclaration = Readonly<Record<string, EnvironmentKey>>;

/** What configuration files may write for an application. */
export type ConfiguredEnvironment<Declaration extends EnvironmentDeclaration> = {
  readonly [Key in keyof Declaration]?: InferInput<Declaration[Key]["schema"]> | undefined;
};

/** What the application works with. A put replaces the member: read it when it is needed, keep no copy. */
export type EnvironmentValues<Declaration extends EnvironmentDeclaration> = {
  readonly [Key in keyof Declaration]: InferOutput<Declaration[Key]["schema"]>;
};
