import type { Client } from "./client.ts";
import type { FrontDoor } from "./front-door.ts";
import { type Reply, refuse } from "./reply.ts";
import type { AuthenticateRequest } from "./request.ts";
import type { User } from "./user.ts";
import type { Login } from "./users.ts";

const AUTHENTICATED: Reply = { type: "authenticated" };
const WRONG_PASSWORD: Reply = { type: "wrong-password" };
const TOO_MANY_LOGINS = refuse("too many log-ins at a time; try again");
const NO_USERS: Reply = { type: "no-users" };

/** Who has logged in on one connection, and whether requests are served there. */
export class Admission {
  readonly #door: Pick<FrontDoor, "users" | "log">;
  readonly #client: Client;
  #user: User | undefined;
  #isAbandoned = false;

  constructor(door: Pick<FrontDoor, "users" | "log">, client: Client) {
    this.#door = door;
    this.#client = client;
  }

  /** Who has logged in. */
  get userName(): string | undefined {
    return this.#user?.name;
  }

  /**
   * Whether requests are served. Judged for every one: who has logged in may be removed at any time, and users may be
   * configured.
   */
  get isGiven(): boolean {
    const { users } = this.#door;
    return (this.#user !== undefined && users.knows(this.#user)) || !users.isRequired;
  }

  /** Carries out a log-in; what the client is told of it. Rejects only with what is a bug. */
  logIn(request: AuthenticateRequest): Reply | Promise<Reply> {
    const { users } = this.#door;
    if (!users.isRequired) return NO_USERS;
    const login = users.logIn(request, () => !this.#isAbandoned);
    if (login instanceof Promise) return login.then((verified) => this.#admit(verified, request));
    return this.#admit(login, request);
  }

  /** Nobody has logged in any more. */
  logOut(): void {
    this.#user = undefined;
  }

  /** Nobody waits for a log-in any more. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  /** Draws the consequences of `login`. */
  #admit(login: Login, { onAdmitted }: AuthenticateRequest): Reply {
    const { log } = this.#door;
    const { peer } = this.#client;
    if (login.type === "right") {
      this.#user = login.user;
      onAdmitted?.();
      return AUTHENTICATED;
    }
    if (login.type === "busy") {
      log.tooManyLogins(peer);
      return TOO_MANY_LOGINS;
    }
    if (!this.#isAbandoned) log.wrongPassword(peer);
    return WRONG_PASSWORD;
  }
}
