/** `npm run hash-password`: turns a password into what `users` in the configuration holds. */
import { createInterface } from "node:readline";
import { hashPassword } from "@kv/kv-server";

const USAGE = `Usage: npm run --silent hash-password < FILE
       npm run hash-password

Reads a password, one line, from standard input and prints the hash to put into users in config/runtime.ts:

  "kv-server": { users: { alice: "scrypt$…" } }
`;
