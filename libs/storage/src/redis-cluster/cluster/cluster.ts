/**
 * What the engine asks of a cluster of Redis or Valkey servers: routing, connections and the rule by which a write counts as kept lie
 * behind it, what is in a bucket before it.
 */
export interface Cluster extends AsyncDisposable {
  /**
   * Runs `script` on the primary that has `key`, its one key, and settles when what it wrote is kept as the configured durability asks.
   * Writes for one key are applied in the order of the calls. Rejects with `STORAGE_UNAVAILABLE` when it was surely not
   * applied, with `STORAGE_UNANSWERED` when it was sent and nobody can tell.
   */
  write(key: Uint8Array, script: Script, options: WriteCall): Promise<Written>;

  /**
   * Runs a command that only reads on the primary that has `key`; it sees the writes for `key` that were called before.
   * Rejects with `STORAGE_UNAVAILABLE`.
   */
  read(key: Uint8Array, command: readonly Parameter[]): Promise<Reply>;

  /** Runs a script that only reads, as `read` does a command. */
  readScript(key: Uint8Array, script: Script, parameters: readonly Parameter[]): Promise<Reply>;

  /** The primaries that have slots, by their ids of 40 hexadecimal digits, in the order of the ids. */
  primaries(): Promise<readonly string[]>;

  /** Who has which slot now, as all primaries say that can be asked. Rejects with `STORAGE_UNAVAILABLE`. */
  slots(): Promise<SlotView>;

  /** Runs a command that only reads on one primary; `undefined` when it is no primary any more. Rejects with `STORAGE_UNAVAILABLE`. */
  readFrom(primary: string, command: readonly Parameter[]): Promise<Reply | undefined>;
}

/** The hash slots of a cluster, from 0 up to 16383. */
export interface SlotView {
  /** The id of the primary that has a slot; `undefined` where none has. */
  readonly owners: readonly (string | undefined)[];
  /** Those that are on their way from one primary to another: their keys may be with either. */
  readonly moving: ReadonlySet<number>;
}

/** A word of a command: text goes as UTF-8. */
export type Parameter = string | Uint8Array;

/** What a server answers: texts come as bytes, errors are thrown and never in here. */
export type Reply = number | null | Buffer | readonly Reply[];

/** A script in Lua with one key, run by its digest. */
export interface Script {
  readonly source: string;
  /** SHA-1 of the source, in hexadecimal digits. */
  readonly digest: string;
}

/** How a script that writes is called. */
export interface WriteCall {
  readonly parameters: readonly Parameter[];
  /**
   * Whether it may be sent again when a connection ended before it was answered: only where the script recognises that it was
   * applied already, and nothing else could have changed its meaning meanwhile.
   */
  readonly mayRepeat: boolean;
}

/** What came of a script that writes. */
export interface Written {
  readonly reply: Reply;
  /** Whether it was sent more than once, so that an earlier sending may have been applied, too. */
  readonly isRepeated: boolean;
}
