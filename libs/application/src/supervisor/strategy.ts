/**
 * Which children are restarted when one has ended: *one-for-one* that one, *one-for-all* every one,
 * *rest-for-one* that one and those started after it. OTP's words and meanings.
 */
export type SupervisorStrategy = "one-for-one" | "one-for-all" | "rest-for-one";

/** The part of `children`, in start order, that `strategy` restarts after `ended`. */
export function restartedWith<Item>(
  strategy: SupervisorStrategy,
  children: readonly Item[],
  ended: Item,
): readonly Item[] {
  switch (strategy) {
    case "one-for-one":
      return [ended];
    case "one-for-all":
      return children;
    case "rest-for-one":
      return children.slice(children.indexOf(ended));
  }
}
