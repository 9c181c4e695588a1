import type { Application } from "../application.ts";
import type { ConfigurationSection } from "../configuration/configuration.ts";
import type { EnvironmentDeclaration, EnvironmentValues } from "../environment.ts";

/** How a system ended: it was asked to, or an application that it cannot be without did not go on. */
export type SystemExit =
  | { readonly type: "stopped" }
  | { readonly type: "failed"; readonly application: string; readonly error: unknown };

/** The value of a key, as it was configured or put. */
export type FetchedValue =
  | { readonly type: "found"; readonly value: unknown }
  | { readonly type: "missing" };

/** Applications that run together, started in the order of their dependencies. Disposal stops them in reverse. */
export interface System extends AsyncDisposable {
  /** Resolves when all applications have been stopped. Never rejects. */
  readonly finished: Promise<SystemExit>;

  /**
   * The value of `key` as it was configured or put, before its schema made something of it: what a test reads, to
   * put it back at its end. `undefined` when there is no such key, or no such application here.
   */
  getEnv(application: string, key: string): unknown;

  /** As `getEnv`, for those who must tell a missing key from one that holds `undefined`. */
  fetchEnv(application: string, key: string): FetchedValue;

  /**
   * Sets `key` until the system ends. The value is judged as at boot, by the key's schema and the application's
   * rules, and is in force when the call returns. Throws `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_FIXED` or
   * `ENVIRONMENT_REFUSED`; what held before then still holds.
   */
  putEnv(application: string, key: string, value: unknown): void;

  /** What `application` itself sees of its environment: typed, and live. It must be one of this system. */
  environment<Declaration extends EnvironmentDeclaration, Api>(
    application: Application<Declaration, Api>,
  ): EnvironmentValues<Declaration>;

  /** All entries of an application as they are now, with their origins; secrets are marked, not masked. */
  entries(application: string): ConfigurationSection | undefined;

  /** What a running application offers. Throws `APPLICATION_NOT_RUNNING`. */
  api<Declaration extends EnvironmentDeclaration, Api>(
    application: Application<Declaration, Api>,
  ): Api;
}
