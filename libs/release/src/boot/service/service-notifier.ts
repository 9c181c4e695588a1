import { spawn } from "node:child_process";
import { RESTART_SIGNAL } from "../restart.ts";
import type { Variables } from "../release-place.ts";

/** What a service manager such as systemd is told; see sd_notify(3). */
type News = "READY=1" | "STOPPING=1" | "WATCHDOG=1";

/** The program that tells it: Node has no datagram sockets of the kind that it listens at. */
const NOTIFY = "systemd-notify";

/** A sign of life is told this often in the time that the manager allows between two. */
const SIGNS = 2;

/** Tells the service manager that has started the node how that is, where it wants to know: from its making on that the event loop turns. */
export class ServiceNotifier {
  readonly #host: NodeJS.Process;
  readonly #variables: Variables;
  #isMissing = false;

  private constructor(host: NodeJS.Process, variables: Variables) {
    this.#host = host;
    this.#variables = variables;
  }

  /** `undefined` where there is none. */
  static find(host: NodeJS.Process, variables: Variables): ServiceNotifier | undefined {
    const { NOTIFY_SOCKET: socket = "" } = variables;
    if (socket === "") return undefined;
    const notifier = new ServiceNotifier(host, variables);
    // From the beginning: after a restart, of which the manager knows nothing, a boot may take longer than it waits for a sign.
    notifier.#watch();
    return notifier;
  }

  /** The node serves: tells it, and later that it is about to stop. */
  serve(): void {
    this.#tell("READY=1");
    let isStopping = false;
    this.#host.once(RESTART_SIGNAL, () => {
      // For the manager a restart is no end: it is the same process.
      isStopping = true;
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      this.#host.once(signal, () => {
        if (!isStopping) this.#tell("STOPPING=1");
        isStopping = true;
      });
    }
  }

  #watch(): void {
    const { WATCHDOG_USEC: usec = "", WATCHDOG_PID: pid = "" } = this.#variables;
    const periodMs = Number(usec) / 1000 / SIGNS;
    if (!(periodMs >= 1) || (pid !== "" && Number(pid) !== this.#host.pid)) return;
    setInterval(() => this.#tell("WATCHDOG=1"), periodMs).unref();
  }

  #tell(news: News): void {
    const child = spawn(NOTIFY, [news], { stdio: "ignore" });
    // What it has to say is no reason to go on living.
    child.unref();
    child.once("error", (error) => {
      if (this.#isMissing) return;
      this.#isMissing = true;
      this.#host.stderr.write(
        `The service manager cannot be told ${news}: ${NOTIFY} does not run (${error.message}); install it (Debian: apt-get install systemd)\n`,
      );
    });
  }
}
