import { spawnSync } from "node:child_process";
import { findProgram } from "../harness/find-program.ts";
import { isRunning } from "../harness/process-guard.ts";

/** Behind it stands the id of the process that made the namespace, so that a later one knows what was left behind. */
const PREFIX = "kv-hosts-";
const OWNED = new RegExp(`^${PREFIX}(?<pid>\\d+)-`, "u");

/** The namespace of the bridge, which has an address too: whoever stands between the hosts lives there. */
const SWITCH = "switch";
const SWITCH_ADDRESS = "10.77.0.1";

/**
 * Hosts with an address each, on one Ethernet: every one a network namespace, joined by a bridge in a namespace of its own.
 * Nothing of it is seen on the machine but the names of the namespaces. It goes when it is disposed of, also when this
 * process ends by itself, by SIGTERM, SIGINT or SIGHUP; what one that was killed left goes when the next one is made.
 */
export class HostNetwork implements Disposable {
  readonly #names: readonly string[];
  readonly #remove = (): void => removeNamespaces((pid) => pid === process.pid);

  /** Makes the hosts of these names, at most eight letters each. Throws where it cannot be done; there is nothing left then. */
  constructor(names: readonly string[]) {
    this.#names = names;
    removeNamespaces((pid) => !isRunning(pid));
    process.on("exit", this.#remove);
    for (const signal of ENDING) process.on(signal, leave);
    try {
      this.#build();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Where what stands between the hosts is reached by them. */
  get switchAddress(): string {
    return SWITCH_ADDRESS;
  }

  addressOf(host: string): string {
    return `10.77.0.${this.#names.indexOf(host) + 11}`;
  }

  /** The words of a command that becomes, on the host, the one that is written behind them. */
  launcherOf(host: string): readonly string[] {
    return ["ip", "netns", "exec", namespaceOf(host)];
  }

  /** As {@link launcherOf}, for what stands between the hosts. */
  get switchLauncher(): readonly string[] {
    return this.launcherOf(SWITCH);
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#remove);
    for (const signal of ENDING) process.off(signal, leave);
    this.#remove();
  }

  #build(): void {
    const hosts = this.#names;
    batch(
      [],
      [
        ...[SWITCH, ...hosts].map((host) => `netns add ${namespaceOf(host)}`),
        ...hosts.map((host) => {
          const peer = `peer name ${host} netns ${namespaceOf(SWITCH)}`;
          return `link add eth0 netns ${namespaceOf(host)} type veth ${peer}`;
        }),
      ],
    );
    batch(
      ["-n", namespaceOf(SWITCH)],
      [
        "link set lo up",
        "link add bridge type bridge",
        "link set bridge up",
        `addr add ${SWITCH_ADDRESS}/24 dev bridge`,
        ...hosts.map((host) => `link set ${host} master bridge up`),
      ],
    );
    for (const host of hosts) {
      batch(
        ["-n", namespaceOf(host)],
        ["link set lo up", `addr add ${this.addressOf(host)}/24 dev eth0`, "link set eth0 up"],
      );
    }
  }
}

const ENDING = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

function leave(_signal: string, number: number): void {
  process.exit(128 + number);
}

function namespaceOf(host: string): string {
  return `${PREFIX}${process.pid}-${host}`;
}

function batch(words: readonly string[], lines: readonly string[]): void {
  runHere(["ip", ...words, "-batch", "-"], `${lines.join("\n")}\n`);
}

/** All namespaces of whatever process. */
function namespaces(): readonly string[] {
  const lines = runHere(["ip", "netns", "list"]).split("\n");
  return lines.map((line) => line.replace(/ .*$/u, "")).filter((name) => OWNED.test(name));
}

/** Removes the namespaces of those processes, and ends what still runs in them. */
function removeNamespaces(isTheirs: (pid: number) => boolean): void {
  for (const name of namespaces()) {
    if (!isTheirs(Number(OWNED.exec(name)?.groups?.["pid"]))) continue;
    try {
      const inhabitants = runHere(["ip", "netns", "pids", name]).split("\n");
      for (const pid of inhabitants.filter((line) => line !== "")) end(Number(pid));
      runHere(["ip", "netns", "del", name]);
    } catch (error) {
      // Somebody else who cleans up may have been faster.
      if (namespaces().includes(name)) throw error;
    }
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It has gone by itself meanwhile.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** What the command printed; throws with its complaint when it fails. It takes some milliseconds, and blocks this process. */
export function runHere([program = "", ...words]: readonly string[], input = ""): string {
  const options = { input, encoding: "utf8" } as const;
  let { status, stdout, stderr, error, signal } = spawnSync(program, words, options);
  // Whoever ends this process often ends all of its group, this command too: what was
  // to be removed has to be all the same.
  if (signal !== null) ({ status, stdout, stderr, error } = spawnSync(program, words, options));
  if (status === 0) return stdout;
  const complaint = error?.message ?? stderr.trim().replace(/\n[^]*$/u, "");
  throw new Error(`Cannot run "${program} ${words.join(" ")}": ${complaint}`);
}

/** Why there can be no hosts here, with what mends that; `false` where there can be. */
export function reasonAgainstHosts(): string | false {
  if (process.platform !== "linux") return "there are no network namespaces but on Linux";
  if (process.getuid?.() !== 0) return "network namespaces take root: run it as root";
  for (const [program, debianPackage] of [
    ["ip", "iproute2"],
    ["nft", "nftables"],
  ] as const) {
    if (findProgram(program) === undefined) {
      return `there is no ${program} here (Debian: apt-get install ${debianPackage})`;
    }
  }
  try {
    using network = new HostNetwork(["probe"]);
    const script = "add table inet t\nadd chain inet t c { type filter hook input priority 0; }\n";
    const loss = "add rule inet t c numgen random mod 100 < 5 counter drop\n";
    runHere([...network.launcherOf("probe"), "nft", "-f", "-"], `${script}${loss}`);
    return false;
  } catch (error) {
    // Whatever is not permitted here: a container without the right, a kernel without the module.
    return `hosts cannot be made here: ${error instanceof Error ? error.message : String(error)}`;
  }
}
