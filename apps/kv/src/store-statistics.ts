import type { Store } from "@kv/storage";

/** The figures of an engine that has some, as JSON can hold them. */
export function statisticsOf(
  store: Store | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const measured: (Store & { readonly statistics?: () => object }) | undefined = store;
  return measured?.statistics === undefined ? undefined : { ...measured.statistics() };
}
