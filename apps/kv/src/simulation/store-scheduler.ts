import type { SimulatedProcess } from "@kv/cluster/testing";
import type { Scheduler } from "@kv/storage";

const PAUSE_MS = 5;
const SECOND_MS = 1000;

const never = (): void => {};

/** The event loop of `process`, as a log store sees it. */
export function storeScheduler({ scheduler }: SimulatedProcess): Scheduler {
  return {
    endOfTurn: (callback) => scheduler.endOfTurn(callback),
    soon: (callback) => void scheduler.after(PAUSE_MS, callback),
    everySecond: (callback) => {
      let cancel = never;
      const again = (): void => {
        cancel = scheduler.after(SECOND_MS, () => {
          again();
          callback();
        });
      };
      again();
      return { [Symbol.dispose]: () => cancel() };
    },
  };
}
