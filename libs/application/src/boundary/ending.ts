import { constants } from "node:os";
import { isApplicationError } from "../errors.ts";
import { failureText } from "../operating-failure.ts";
import type { StopSignal } from "./host-process.ts";

/** The configuration cannot be used: `EX_CONFIG` of BSD's sysexits. No restart will mend it. */
const badConfigurationCode = 78;

/** How a process ends. */
export interface Ending {
  readonly code: number;
  /** The last words, for standard error. */
  readonly text?: string | undefined;
}

/** All was stopped in order. */
export const orderlyEnding: Ending = { code: 0 };

/** The same, after something that has been told already went wrong. */
export const unwellEnding: Ending = { code: 1 };

/** The process ends because of `failure`: 78 when the configuration is to blame, 1 otherwise. */
export function failureEnding(failure: unknown): Ending {
  const isConfiguration = isApplicationError(failure, "CONFIG_INVALID");
  return { code: isConfiguration ? badConfigurationCode : 1, text: failureText(failure) };
}

/** Somebody insisted: the code is what a shell reports of a process that `signal` killed. */
export function abruptEnding(signal: StopSignal): Ending {
  const code = 128 + constants.signals[signal];
  return { code, text: `${signal} again: ended before everything had stopped` };
}
