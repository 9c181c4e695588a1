import type { Action, Operation, Outcome } from "../operation.ts";
import type { Answer, Request, Target } from "./request.ts";

/** All that clients have asked and been told, key by key, on one clock. */
export class Records {
  readonly #histories = new Map<Target, Operation[]>();
  readonly #valueOf = new Map<string, string>();
  #milestones: { readonly at: number; readonly resolve: () => void }[] = [];
  #count = 0;
  #isReleased = false;
  readonly #isRefusalSure: boolean;
  /** What no node that works would have said. */
  readonly oddities: string[] = [];

  /** @param isRefusalSure Whether a condition on a revision that does not hold says that the value is another one. */
  constructor({ isRefusalSure }: { readonly isRefusalSure: boolean }) {
    this.#isRefusalSure = isRefusalSure;
  }

  /** The moment now, in milliseconds. */
  now(): number {
    return performance.now();
  }

  /** How many operations are over. */
  get count(): number {
    return this.#count;
  }

  get histories(): ReadonlyMap<Target, readonly Operation[]> {
    return this.#histories;
  }

  /**
   * Has a place for an operation that is about to be sent, so that those of a client stay in order; it is unknown until the
   * result is called.
   */
  begin(
    { target, action }: Request,
    { client, way }: { readonly client: string; readonly way: string },
  ): (answer: Answer | undefined) => void {
    const history = this.#histories.get(target) ?? [];
    this.#histories.set(target, history);
    const place = history.length;
    const callAt = this.now();
    const draft = { client, way, action, callAt };
    history.push({ ...draft, outcome: { type: "unknown" }, returnAt: callAt });
    return (answer = { outcome: { type: "unknown" } }) => {
      const outcome = this.#outcomeOf(action, answer);
      history[place] = { ...draft, outcome, returnAt: this.now() };
      this.#note(target, answer);
      this.#count++;
      this.#passMilestones();
    };
  }

  /** Resolves when so many more operations are over, or when there will be none. */
  after(more: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#milestones.push({ at: this.#count + more, resolve });
    this.#passMilestones();
    return promise;
  }

  /** No more will come: nobody is to wait for it. */
  release(): void {
    this.#isReleased = true;
    this.#passMilestones();
  }

  #outcomeOf(action: Action, { outcome }: Answer): Outcome {
    const isSure = this.#isRefusalSure || action.type !== "put-if-value";
    return outcome.type === "refused" && !isSure ? { type: "failed" } : outcome;
  }

  #note({ bucket, key }: Target, { oddity, seen }: Answer): void {
    if (oddity !== undefined) this.oddities.push(oddity);
    if (seen === undefined) return;
    const revision = seen.revision.toString("latin1");
    const name = `${bucket} ${key} ${revision}`;
    const known = this.#valueOf.get(name) ?? seen.value;
    this.#valueOf.set(name, known);
    if (known !== seen.value) {
      this.oddities.push(`revision ${revision} of ${bucket} ${key}: ${known}, and ${seen.value}`);
    }
  }

  #passMilestones(): void {
    const isDue = ({ at }: { readonly at: number }): boolean =>
      this.#isReleased || at <= this.#count;
    for (const { resolve } of this.#milestones.filter((milestone) => isDue(milestone))) resolve();
    this.#milestones = this.#milestones.filter((milestone) => !isDue(milestone));
  }
}
