/** `npm run hash-password`: turns a password into what `users` in the configuration keeps of it. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { hashPassword } from "@kv/kv-server";

const USAGE = `Usage: npm run --silent hash-password
       npm run --silent hash-password < FILE

Asks for a password, or takes the first line of FILE, and prints the hash to put into the configuration:

  "kv-server": { users: { alice: "scrypt$…" } }
`;

if (process.argv.includes("--help")) {
  process.stdout.write(USAGE);
} else {
  const password = await readPassword();
  if (password === undefined || password === "") {
    process.stderr.write("Cannot hash the password: none was given\n");
    process.exitCode = 1;
  } else if (/\s/u.test(password)) {
    process.stderr.write(
      "Cannot hash the password: AUTH could not carry its white space on a line\n",
    );
    process.exitCode = 1;
  } else {
    process.stdout.write(`${await hashPassword(password)}\n`);
  }
}

/** The first line of standard input; typed on a terminal it is not shown. */
async function readPassword(): Promise<string | undefined> {
  const isTerminal = process.stdin.isTTY;
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silence, terminal: isTerminal });
  if (isTerminal) process.stderr.write("Password: ");
  try {
    for await (const line of lines) return line;
    return undefined;
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write("\n");
  }
}
