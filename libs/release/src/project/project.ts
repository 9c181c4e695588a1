/** A project that releases are made of: an umbrella of applications, or one application. */
export interface Project {
  /** The folder of its `package.json`, absolute. */
  readonly root: string;
  /** As in its `package.json`, without a scope. In a release it is the word before declared commands: `bin/foo kv check`. */
  readonly name: string;
  readonly version: string;
  /** Whether its applications are workspaces of it, rather than itself. */
  readonly isUmbrella: boolean;
  /** By name, in alphabetical order. */
  readonly applications: readonly ProjectApplication[];
}

/** An application of a project, found by `"application"` in its `package.json`; nothing of it is imported yet. */
export interface ProjectApplication {
  /** The package's name without its scope; the application that is exported has the same. */
  readonly name: string;
  readonly packageName: string;
  readonly version: string;
  /** The module that exports it, absolute. */
  readonly module: string;
  /** The name it is exported by. */
  readonly exportName: string;
}
