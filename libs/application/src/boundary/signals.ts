import { emit } from "../events.ts";
import type { Time } from "../time.ts";
import type { HostProcess, StopSignal } from "./host-process.ts";

/** A second signal that comes sooner, in milliseconds, is the first one again: npm delivers a ctrl-C twice. */
const secondSignalMs = 1_000;

/** What signals ask for. */
export interface SignalHandlers {
  /** The first one: stop in order. */
  readonly onStop: () => void;
  /** A later one: end at once. */
  readonly onInsist: (signal: StopSignal) => void;
  /** Read the files anew. */
  readonly onReload: () => void;
}

/**
 * Listens for signals until the answer is called: SIGINT and SIGTERM stop. SIGHUP reloads, as daemons have it; of a
 * process on a terminal it means that the terminal went away, and stops as the others do.
 */
export function listenForSignals(
  host: HostProcess,
  time: Time,
  handlers: SignalHandlers,
): () => void {
  // Asked now: a terminal that has gone says that it is none.
  const isOnTerminal = host.stdin?.isTTY === true || host.stdout.isTTY === true;
  let firstMs: number | undefined;
  const onStop = (signal: StopSignal): void => {
    if (firstMs === undefined) {
      firstMs = time.nowMs();
      emit({ level: "info", message: `${signal}: stopping`, type: "signal", signal });
      handlers.onStop();
    } else if (time.nowMs() - firstMs >= secondSignalMs) handlers.onInsist(signal);
  };
  const onReload = (): void => {
    emit({ level: "info", message: "SIGHUP: reloading", type: "signal", signal: "SIGHUP" });
    handlers.onReload();
  };
  const listeners = [
    ["SIGINT", () => onStop("SIGINT")],
    ["SIGTERM", () => onStop("SIGTERM")],
    ["SIGHUP", isOnTerminal ? () => onStop("SIGHUP") : onReload],
  ] as const;
  for (const [signal, listener] of listeners) host.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) host.off(signal, listener);
  };
}
