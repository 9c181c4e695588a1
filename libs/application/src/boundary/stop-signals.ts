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
}

/** Listens for SIGINT and SIGTERM until the answer is called. */
export function listenForStop(host: HostProcess, time: Time, handlers: SignalHandlers): () => void {
  let firstMs: number | undefined;
  const onSignal = (signal: StopSignal): void => {
    if (firstMs === undefined) {
      firstMs = time.nowMs();
      emit({ level: "info", message: `${signal}: stopping`, type: "signal", signal });
      handlers.onStop();
    } else if (time.nowMs() - firstMs >= secondSignalMs) handlers.onInsist(signal);
  };
  const onInterrupt = (): void => onSignal("SIGINT");
  const onTerminate = (): void => onSignal("SIGTERM");
  host.on("SIGINT", onInterrupt);
  host.on("SIGTERM", onTerminate);
  return () => {
    host.off("SIGINT", onInterrupt);
    host.off("SIGTERM", onTerminate);
  };
}
