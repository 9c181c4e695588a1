import type { Application } from "../application.ts";
import type { ConfigurationSection } from "../configuration/configuration.ts";
import type { EnvironmentDeclaration, EnvironmentValues } from "../environment.ts";
import type { ApplicationError } from "../errors.ts";

/**
 * How a system ended: *stopped* in order, since it was asked to; *stop-failed* when it was asked to and an application,
 * or a child of one, failed to stop or did not in time; *failed* when an application that it cannot be without
 * did not go on, however the rest stopped then.
 */
export type SystemExit =
  | { readonly type: "stopped" }
  | { readonly type: "stop-failed"; readonly error: ApplicationError<"STOP_FAILED"> }
  | { readonly type: "failed"; readonly application: string; readonly error: unknown };

/** The value of a key, as it was configured or put. */
export type FetchedValue =
  | { readonly type: "found"; readonly value: unknown }
  | { readonly type: "missing" };

/** Applications that run together, started in the order of their dependencies. Disposal stops them in reverse,
 * and does not reject: how it went is what `finished` says. */
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
   * rules, and is in force when the call returns. Throws `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_FIXED`,
   * `ENVIRONMENT_START_ONLY` or `ENVIRONMENT_REFUSED`; what held before then still holds.
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
