import { setTimeout as pause } from "node:timers/promises";
import { within } from "../harness/deadline.ts";

const RECOVERY_MS = 60_000;
const LOOK_MS = 50;

/** Settles once everybody has been acknowledged something from now on; rejects when that takes too long. */
export async function allGoOn(writers: { progress(): readonly number[] }): Promise<void> {
  const before = writers.progress();
  const goOn = async (): Promise<void> => {
    while (writers.progress().some((done, index) => done === before[index])) await pause(LOOK_MS);
  };
  await within(goOn(), "every writer to go on", RECOVERY_MS);
}
