import type { ChildSpecification } from "../src/child.ts";
import {
  startSupervisor,
  type Supervisor,
  type SupervisorOptions,
} from "../src/supervisor/supervisor.ts";
import { ManualTime } from "./manual-time.ts";
import { ScriptedChildren } from "./scripted-child.ts";

/** A supervisor named `top` whose children and time a test directs. */
export interface Scene extends AsyncDisposable {
  readonly children: ScriptedChildren;
  readonly supervisor: Supervisor;
  readonly time: ManualTime;
}

/** A running supervisor of `specifications`, with an empty journal. */
export async function openScene(
  specify: (children: ScriptedChildren) => readonly ChildSpecification[],
  options: Partial<SupervisorOptions> = {},
): Promise<Scene> {
  const children = new ScriptedChildren();
  const time = new ManualTime();
  const supervisor = await startSupervisor({
    name: "top",
    strategy: "one-for-one",
    children: specify(children),
    time,
    ...options,
  });
  children.takeJournal();
  return {
    children,
    supervisor,
    time,
    [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
  };
}
