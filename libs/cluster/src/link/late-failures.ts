import type { ClusterError } from "../errors.ts";
import type { Scheduler } from "../network/scheduler.ts";
import type { Call } from "./call.ts";

/** Calls that failed while they were being handed over: they are told at the end of the turn, in that order. */
export class LateFailures {
  readonly #scheduler: Scheduler;
  #calls: Call[] = [];
  #errors: ClusterError[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Has `call` told that it failed. */
  add(call: Call, error: ClusterError): void {
    if (this.#calls.length === 0) this.#scheduler.endOfTurn(this.#tell);
    this.#calls.push(call);
    this.#errors.push(error);
  }

  readonly #tell = (): void => {
    const calls = this.#calls;
    const errors = this.#errors;
    this.#calls = [];
    this.#errors = [];
    for (const [index, error] of errors.entries()) calls[index]?.failed(error);
  };
}
