/** What engines may differ in, declared rather than discovered. */
export interface StoreTraits {
  /** Name of the engine, as in the configuration: `memory`, `log`, `redis-cluster`. */
  readonly engine: string;
  /** Whether a listing followed to its end may name an entry twice that was there throughout. */
  readonly listingMayRepeat: boolean;
  /** Whether what was acknowledged survives the end of the process. */
  readonly durable: boolean;
  /**
   * Whether the operations on one bucket answer in the call. Where they do not, they take effect in the order of the calls all the
   * same: a later one need not wait for the answer of an earlier one.
   */
  readonly answersAtOnce: boolean;
  /** Whether `statistics` counts keys and buckets: they are left out where that would take a look elsewhere. */
  readonly countsAtOnce: boolean;
}
