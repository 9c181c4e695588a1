import { hashPassword } from "@kv/kv-server";

/** Who logs in where users are configured. */
export const login = { username: "alice", password: "open sesame" } as const;

/** What the server is configured with, so that everybody has to log in, and {@link login} can. */
export async function usersOf({
  username,
  password,
}: typeof login): Promise<Readonly<Record<string, string>>> {
  return { [username]: await hashPassword(password) };
}
