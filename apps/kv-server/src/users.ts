import { decoyOf, type PasswordHash, parsePasswordHash, verifyPassword } from "./password.ts";

/** Names, and the hashes of their passwords as {@link parsePasswordHash} reads them. */
export type ConfiguredUsers = Readonly<Record<string, string>>;

/** A name and password as a client gave them. */
export interface Credentials {
  readonly name: Uint8Array;
  readonly password: Uint8Array;
}

/**
 * Who may use the server. Passwords are verified one at a time: a verification keeps a thread of the pool busy
 * that the writes of the log need too.
 */
export class Users {
  readonly #configured: () => ConfiguredUsers;
  #seen: ConfiguredUsers | undefined;
  #hashes: ReadonlyMap<string, PasswordHash> = new Map();
  #decoy: PasswordHash | undefined;
  #previous: Promise<unknown> = Promise.resolve();

  /** `configured` tells the users at the time it is called; their hashes have been checked. */
  constructor(configured: () => ConfiguredUsers) {
    this.#configured = configured;
  }

  /** Whether there are any users: if so, everybody has to log in. */
  get isRequired(): boolean {
    this.#look();
    return this.#hashes.size > 0;
  }

  /**
   * Whether these are the name and password of a user, in a time that does not tell which of them was wrong.
   * Waits for its turn; when that comes and `isWanted` says no, nothing is verified and the answer is no.
   * The bytes are copied at once.
   */
  verify({ name, password }: Credentials, isWanted: () => boolean): Promise<boolean> {
    this.#look();
    const known = this.#hashes.get(Buffer.from(name).toString());
    const kept = known ?? this.#decoy;
    const copy = Uint8Array.from(password);
    const turn = this.#previous.then(async () => {
      if (kept === undefined || !isWanted()) return false;
      return (await verifyPassword(copy, kept)) && known !== undefined;
    });
    this.#previous = turn.catch(() => {});
    return turn;
  }

  /** Reads the users anew when they are others than at the last look. */
  #look(): void {
    const configured = this.#configured();
    if (configured === this.#seen) return;
    this.#seen = configured;
    this.#hashes = new Map(Object.entries(configured).map(([name, text]) => [name, parse(text)]));
    const [first] = this.#hashes.values();
    this.#decoy = first === undefined ? undefined : decoyOf(first);
  }
}

function parse(text: string): PasswordHash {
  const hash = parsePasswordHash(text);
  if (hash === undefined)
    throw new Error("the hashes of users are checked when they are configured");
  return hash;
}
