/** A rule that a history can break, as a test names it. */
export type Rule =
  | "settled once"
  | "in time"
  | "told the truth"
  | "applied once"
  | "in order"
  | "nothing lost"
  | "nothing invented"
  | "no short list"
  | "one home"
  | "found again";

/** A cluster has broken a rule. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly rule: Rule;

  constructor(rule: Rule, message: string) {
    super(`${rule}: ${message}`);
    this.rule = rule;
  }
}
