/** One of the things that are compared: it is measured once in every round. */
export interface Slot<Result> {
  readonly name: string;
  measure(round: number): Promise<Result>;
}

/**
 * Measures each of `slots` once a round, over and over: A B C, C B A, A B C … Every other round goes backwards, so
 * that what drifts through a run (the temperature, a neighbour, a growing log) does not favour the first. The result
 * has a list for each slot, in the order of `slots`, with a figure for each round.
 */
export async function interleave<Result>(
  slots: readonly Slot<Result>[],
  rounds: number,
  onMeasure: (slot: Slot<Result>, round: number) => void = () => {},
): Promise<readonly (readonly Result[])[]> {
  const results: Result[][] = slots.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const order = [...slots.entries()];
    if (round % 2 === 1) order.reverse();
    for (const [index, slot] of order) {
      onMeasure(slot, round);
      results[index]?.push(await slot.measure(round));
    }
  }
  return results;
}
