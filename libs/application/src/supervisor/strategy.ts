/**
 * Which children are restarted when one has ended: *one-for-one* that one, *one-for-all* every one,
 * *rest-for-one* that one and those started after it. OTP's words and meanings.
 */
export type SupervisorStrategy = "one-for-one" | "one-for-all" | "rest-for-one";

/** The part of `children`, in start order, that `strategy` restarts when `ended`, one of them, has ended. */
export function restartedWith<Item>(
  strategy: SupervisorStrategy,
  children: readonly Item[],
  ended: Item,
): readonly Item[] {
  if (strategy === "one-for-one") return [ended];
  return strategy === "one-for-all" ? children : children.slice(children.indexOf(ended));
}
