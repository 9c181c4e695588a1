import { type Birth, count, type Life } from "./life.ts";
import type { SimulatedMachine } from "./simulated-machine.ts";

/** The process, or the machine, goes down. What was opened is heard of no more. Resolves to what is left. */
export async function crash({
  history,
  machine,
  promises,
}: Birth | Life): Promise<SimulatedMachine> {
  const { dice, note, timeline, counts } = history;
  const left = machine.afterKill();
  promises.end();
  await promises.settle();
  if (dice.chance(50)) {
    note("kill");
    count(counts, "kills");
    return left;
  }
  timeline.cutPower();
  const pageBytes = dice.pick([16, 64, 512]);
  const lost = dice.weigh({ some: 4, all: 1, nothing: 1 });
  note(`the power goes, ${lost} is lost`);
  count(counts, "power cuts");
  const draw = { some: dice.below, all: () => 0, nothing: (options: number) => options - 1 };
  return left.afterPowerCut(pageBytes, draw[lost]);
}
