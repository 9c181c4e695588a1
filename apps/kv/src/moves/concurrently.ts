/** Does `work` with each of `items`, with as many at a time as `width` says; rejects with the first failure, when all that were begun are done. */
export async function concurrently<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const source = iteratorOf(items);
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (failures.length === 0) {
      const { done, value } = await source.next();
      if (done === true) return;
      await work(value);
    }
  };
  const workers = Array.from({ length: width }, () =>
    worker().catch((error: unknown) => void failures.push(error)),
  );
  await Promise.all(workers);
  await source.return?.(undefined);
  if (failures.length > 0) throw failures[0];
}

/** One that is asked by several at once and goes on in order. */
async function* iteratorOf<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
): AsyncGenerator<Item, void> {
  yield* items;
}
