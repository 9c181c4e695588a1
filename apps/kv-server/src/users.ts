import { decoyOf, parsePasswordHash, verifyPassword } from "./password.ts";
import { RightPasswords } from "./right-passwords.ts";
import type { User } from "./user.ts";

/**
 * Log-ins that may be verified or wait for it at a time. At some 40 ms each the last one waits for less than a
 * second, however many clients guess.
 */
export const loginLimit = 16;

/** Names, and the hashes of their passwords as {@link parsePasswordHash} reads them. */
export type ConfiguredUsers = Readonly<Record<string, string>>;

/** A name and password as a client gave them. */
export interface Credentials {
  readonly name: Uint8Array;
  readonly password: Uint8Array;
}

/** What became of a log-in. *busy*: too many wait already, and nothing was verified. */
export type Login =
  | { readonly type: "right"; readonly user: User }
  | { readonly type: "wrong" }
  | { readonly type: "busy" };

/** What a test may put in the place of what {@link Users} does by itself. */
export interface UsersOptions {
  /** Whether a hash was made of a password: scrypt by default. */
  readonly verify?: typeof verifyPassword;
}

const WRONG: Login = { type: "wrong" };
const BUSY: Login = { type: "busy" };

/**
 * Who may use the server. Passwords are verified one at a time: a verification keeps a thread of the pool busy
 * that the writes of the log need too. What was right once is remembered, so that clients which come again cost
 * nothing and pass those who guess.
 */
export class Users {
  readonly #configured: () => ConfiguredUsers;
  readonly #verify: typeof verifyPassword;
  readonly #rightPasswords = new RightPasswords();
  #seen: ConfiguredUsers | undefined;
  #users: ReadonlyMap<string, User> = new Map();
  #decoy: User | undefined;
  #previous: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** `configured` tells the users at the time it is called; their hashes have been checked. */
  constructor(configured: () => ConfiguredUsers, { verify = verifyPassword }: UsersOptions = {}) {
    this.#configured = configured;
    this.#verify = verify;
  }

  /** Whether there are any users: if so, everybody has to log in. */
  get isRequired(): boolean {
    this.#look();
    return this.#users.size > 0;
  }

  /** Whether `user` is still configured as when he logged in. Cheap: asked for every request. */
  knows(user: User): boolean {
    this.#look();
    return this.#users.get(user.name) === user;
  }

  /**
   * Judges a name and a password, in a time that does not tell which of them was wrong. The answer is there at once
   * when they were right before, and when {@link loginLimit} log-ins wait; otherwise it waits for its turn. When
   * that comes and `isWanted` says no, nothing is verified and the answer is *wrong*. The bytes are copied at once.
   */
  logIn({ name, password }: Credentials, isWanted: () => boolean): Login | Promise<Login> {
    this.#look();
    const known = this.#users.get(Buffer.from(name).toString());
    const user = known ?? this.#decoy;
    if (user === undefined) return WRONG;
    const proof = this.#rightPasswords.proofOf(user, password);
    if (this.#rightPasswords.has(proof)) return { type: "right", user };
    if (this.#waiting >= loginLimit) return BUSY;
    this.#waiting++;
    const copy = Uint8Array.from(password);
    const turn = this.#previous.then(async () => {
      const isRight = isWanted() && (await this.#verify(copy, user.hash));
      if (!isRight || !this.knows(user)) return WRONG;
      this.#rightPasswords.add(proof);
      return { type: "right", user } as const;
    });
    const settled = (): void => void this.#waiting--;
    this.#previous = turn.then(settled, settled);
    return turn;
  }

  /** Reads the users anew when they are others than at the last look. */
  #look(): void {
    const configured = this.#configured();
    if (configured === this.#seen) return;
    this.#seen = configured;
    const before = this.#users;
    this.#users = new Map(
      Object.entries(configured).map(([name, text]) => {
        const same = before.get(name);
        return [name, same?.text === text ? same : readUser(name, text)];
      }),
    );
    const [first] = this.#users.values();
    this.#decoy = first && { ...first, name: "", hash: decoyOf(first.hash) };
  }
}

function readUser(name: string, text: string): User {
  const hash = parsePasswordHash(text);
  if (hash === undefined)
    throw new Error("the hashes of users are checked when they are configured");
  return { name, text, hash };
}
