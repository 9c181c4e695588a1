import type { Answer } from "@kv/storage";
import { Later, type Served } from "./remote/later.ts";

/**
 * What `served` answers, with `change` made of its outcome: in the same turn, and by a promise only where there is one
 * already. What `change` throws fails it.
 */
export function mapServed<Before, After>(
  served: Served<Before>,
  change: (outcome: Before) => After,
): Served<After> {
  const changed = ({ outcome, durable }: Answer<Before>): Answer<After> => ({
    outcome: change(outcome),
    durable,
  });
  if (served instanceof Later) return mapLater(served, changed);
  if (served instanceof Promise) return served.then(changed);
  return changed(served);
}

function mapLater<Before, After>(
  later: Later<Before>,
  change: (answer: Answer<Before>) => Answer<After>,
): Later<After> {
  const changed = new Later<After>();
  later.whenSettled({
    answered(answer) {
      let made: Answer<After>;
      try {
        made = change(answer);
      } catch (error) {
        // Whoever it came from may be in the middle of many answers: this one's failure is its own.
        changed.fail(error);
        return;
      }
      changed.answer(made);
    },
    failed: (error) => changed.fail(error),
  });
  return changed;
}
