import type { Application } from "../application.ts";
import type { ConfigurationSection } from "../configuration/configuration.ts";
import type { EnvironmentDeclaration, EnvironmentValues } from "../environment.ts";

/** The value of a key, as it was configured or put. */
export type FetchedValue =
  | { readonly type: "found"; readonly value: unknown }
  | { readonly type: "missing" };

/** What somebody who looks after a running system may do with it, short of ending it. */
export interface LiveSystem {
  /** The names of all applications, in the order in which they start; also of those that are only loaded. */
  readonly applications: readonly string[];

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

  /** What each running application has to say about itself now, by name; those that say nothing are left out. */
  status(): Readonly<Record<string, StatusSection>>;

  /**
   * Has each running application read its files anew, one after the other, in the order in which they started; a second
   * call waits for the first. Never rejects: who could not is logged, and in the answer. What it had before still holds there.
   */
  reload(): Promise<readonly ReloadFailure[]>;
}

/** An application that did not reload, and why. */
export interface ReloadFailure {
  readonly application: string;
  readonly failure: unknown;
}

/**
 * What an application has to say about itself: members that JSON can hold. A name tells its unit by its last word, by
 * which people are shown `liveBytes: 1.2 MiB` and `uptimeMs: 3 min`.
 */
export type StatusSection = Readonly<Record<string, unknown>>;
