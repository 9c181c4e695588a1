/**
 * What the bench sets of the engine, by the names that both `openLogStore` and `kv.storage` know it by. What is left out
 * is as the engine has it by default. An engine that does not know a setting is measured without it, and the report says
 * so.
 */
export interface EngineSettings {
  /** Memory for values that need not be read from the disk. */
  readonly cacheLimitBytes?: number;
  /** The share of the log that may be dead before the engine compacts it; 1: it does not by itself. */
  readonly deadShareLimit?: number;
  /** So many bytes may be dead whatever the share. */
  readonly deadFloorBytes?: number;
  readonly segmentLimitBytes?: number;
}
