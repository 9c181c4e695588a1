/** What engines may differ in, declared rather than discovered. */
export interface StoreTraits {
  /** Name of the engine, as in the configuration: `memory`, `log`, `redis-cluster`. */
  readonly engine: string;
  /** Whether a listing followed to its end may name an entry twice that was there throughout. */
  readonly listingMayRepeat: boolean;
  /** Whether what was acknowledged survives the end of the process. */
  readonly durable: boolean;
  /** Whether `statistics` counts keys and buckets: they are left out where that would take a look elsewhere. */
  readonly countsAtOnce: boolean;
}
