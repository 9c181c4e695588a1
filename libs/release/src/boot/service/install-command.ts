import { spawnSync } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { layout } from "../../layout.ts";
import { cannotRun } from "../cannot-run.ts";
import type { ReleaseCall } from "../release-call.ts";
import { longestStopMs } from "../stop-command.ts";
import { systemdUnit, type UnitFacts, unitFile } from "./systemd-unit.ts";
import { windowsTask } from "./windows-task.ts";

/** Where an administrator's units are. */
const UNITS = "/etc/systemd/system";

/** What may be typed behind `install`. */
const USAGE = "install takes --print, --user USER, --directory DIR and --force, and nothing else";

interface Wishes {
  readonly print: boolean;
  readonly force: boolean;
  readonly user?: string | undefined;
  readonly directory: string;
}

/**
 * `install`: makes the node a service of this machine: a systemd unit, on Windows a task; with `--print` it prints that. Resolves
 * with 0. Throws `CANNOT_RUN`.
 */
export async function installCommand(call: ReleaseCall): Promise<number> {
  const { process: host, place, system } = call;
  const wishes = readWishes(call.words);
  const { build, node, root, temporary } = place;
  const facts = { name: build.name, version: build.version, node, root, temporary };
  if (host.platform === "win32") return installTask(host, facts, wishes);
  const user = wishes.user ?? ownerOf(root, build.name);
  const { uid, gid } = checkUser(user, root);
  const unit = systemdUnit({ ...facts, user, stopMs: longestStopMs(system.applications) });
  if (wishes.print) host.stdout.write(unit);
  else {
    install(host, { unit, node, wishes });
    makeTemporary(temporary, { uid, gid });
  }
  return 0;
}

function readWishes(words: readonly string[]): Wishes {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        print: { type: "boolean", default: false },
        force: { type: "boolean", default: false },
        user: { type: "string" },
        directory: { type: "string", default: UNITS },
      },
    });
    return values;
  } catch (error) {
    throw cannotRun(USAGE, error);
  }
}

/** Whose the release is runs it, unless that is root: nobody wants a server to be root without having said so. */
function ownerOf(root: string, name: string): string {
  const { uid } = statSync(root);
  const owner = uid === 0 ? undefined : nameOf(uid);
  if (owner !== undefined) return owner;
  throw cannotRun(
    `${root} is root's: say who is to run it by --user USER (Debian: adduser --system --group ${name})`,
  );
}

function nameOf(uid: number): string | undefined {
  if (uid === process.getuid?.()) return userInfo().username;
  return lookUp(String(uid))?.name;
}

/** A user of this machine, by name or number. */
function lookUp(user: string): User | undefined {
  const { status, stdout } = spawnSync("getent", ["passwd", user], { encoding: "utf8" });
  const [name, , uid, gid] = stdout?.split(":") ?? [];
  if (status !== 0 || name === undefined) return undefined;
  return { name, uid: Number(uid), gid: Number(gid) };
}

interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The node has to be there, and to read the cookie, which is its owner's alone. */
function checkUser(user: string, root: string): User {
  const found = lookUp(user);
  if (found === undefined) {
    throw cannotRun(
      `There is no user ${user} here; make one (Debian: adduser --system --group ${user})`,
    );
  }
  const cookie = join(root, layout.cookie);
  const owner = statSync(cookie, { throwIfNoEntry: false })?.uid;
  if (owner === undefined) {
    throw cannotRun(
      `${cookie} is not there, and a service may not make it: start the node once by hand as ${user}, or write a cookie into it`,
    );
  }
  if (owner !== found.uid && found.uid !== 0) {
    throw cannotRun(
      `${cookie} is another user's to read: ${user} could not start the node; chown ${user} "${cookie}"`,
    );
  }
  return found;
}

/** The folder that the node is to write its pid into: the unit opens it, and a service could not make it. */
function makeTemporary(path: string, { uid, gid }: Pick<User, "uid" | "gid">): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (process.getuid?.() === 0) chownSync(path, uid, gid);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw cannotRun(`${path}, for the node's pid, cannot be made: ${reason}`, error);
  }
}

interface Installation {
  readonly unit: string;
  readonly node: string;
  readonly wishes: Wishes;
}

function install(host: NodeJS.Process, { unit, node, wishes }: Installation): void {
  const file = unitFile(node);
  const path = join(wishes.directory, file);
  const there = readIfThere(path);
  if (there !== undefined && there !== unit && !wishes.force) {
    throw cannotRun(
      `${path} is there already, and another one; look at the difference by install --print, or overwrite it by install --force`,
    );
  }
  try {
    writeFileSync(path, unit, { mode: 0o644 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    const wayOut = "run this as root, or print the unit by install --print";
    throw cannotRun(`${path} cannot be written: ${error.message}; ${wayOut}`, error);
  }
  host.stdout.write(`${path} is written. Next:

    systemctl daemon-reload
    systemctl enable --now ${file}
    journalctl -u ${file} -f
`);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw cannotRun(`${path} cannot be read: ${reason}`, error);
  }
}

function installTask(
  host: NodeJS.Process,
  facts: Pick<UnitFacts, "name" | "node" | "root">,
  { print, force }: Wishes,
): number {
  const task = windowsTask(facts);
  if (print) {
    host.stdout.write(task);
    return 0;
  }
  const file = join(tmpdir(), `${facts.node}-${host.pid}.xml`);
  // The scheduler reads UTF-16 with a mark.
  writeFileSync(file, `\uFEFF${task}`, "utf16le");
  try {
    const words = ["/create", "/tn", facts.node, "/xml", file, ...(force ? ["/f"] : [])];
    const { status, error } = spawnSync("schtasks", words, { stdio: "inherit" });
    if (error !== undefined) throw cannotRun(`schtasks does not run: ${error.message}`, error);
    if (status !== 0) return 1;
  } finally {
    rmSync(file, { force: true });
  }
  host.stdout.write(
    `${facts.node} starts with the machine. Now: schtasks /run /tn ${facts.node}\n`,
  );
  return 0;
}
