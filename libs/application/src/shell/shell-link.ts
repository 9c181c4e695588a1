import { parseAnswer, type ShellAnswer, type ShellRequest } from "./remote-messages.ts";
import type { Said } from "./said.ts";

type Outcome = Extract<ShellAnswer, { type: "outcome" }>;
type Welcome = Extract<ShellAnswer, { type: "welcome" }>;
type Completions = Extract<ShellAnswer, { type: "completions" }>;

/** The operator's end of a session: what it asks, as the input of the node's part, and what comes back. */
export class ShellLink {
  /** Given what evaluated code prints. */
  onSaid: (said: Said) => void = () => {};
  /** Called when nobody answers any more. */
  onFailure: () => void = () => {};
  readonly #requests: Uint8Array[] = [];
  #wake: () => void = () => {};
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #outcome: PromiseWithResolvers<Outcome> | undefined;
  #welcome: PromiseWithResolvers<Welcome> | undefined;
  #completions: PromiseWithResolvers<Completions> | undefined;

  /** The first thing to ask: resolves when the node is there. */
  async greet(): Promise<Welcome> {
    this.#welcome = Promise.withResolvers();
    this.#send({ type: "greet" });
    return await this.#welcome.promise;
  }

  /** What comes of `code`. One at a time. Rejects when the node goes away. */
  async evaluate(
    request: Omit<Extract<ShellRequest, { type: "evaluate" }>, "type">,
  ): Promise<Outcome> {
    this.#outcome = Promise.withResolvers();
    this.#send({ type: "evaluate", ...request });
    return await this.#outcome.promise;
  }

  /** The names that could stand at the end of `line`. */
  async complete(line: string): Promise<Completions> {
    this.#completions = Promise.withResolvers();
    this.#send({ type: "complete", line });
    return await this.#completions.promise;
  }

  /** Gives up what is being evaluated, if anything is. Answers whether it is. */
  interrupt(): boolean {
    if (this.#outcome === undefined) return false;
    this.#send({ type: "interrupt" });
    return true;
  }

  /** There is no more to ask. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Nobody answers any more. */
  fail(error: unknown): void {
    this.end();
    this.#failure = { error };
    this.onFailure();
    rejectQuietly(this.#outcome, error);
    rejectQuietly(this.#completions, error);
    rejectQuietly(this.#welcome, error);
  }

  /** Takes what the node has printed. */
  take(item: unknown): void {
    const answer = parseAnswer(item);
    if (answer.type === "said") this.onSaid(answer);
    else if (answer.type === "outcome") {
      const waiting = this.#outcome;
      this.#outcome = undefined;
      waiting?.resolve(answer);
    } else if (answer.type === "welcome") this.#welcome?.resolve(answer);
    else this.#completions?.resolve(answer);
  }

  /** The requests, as bytes for the node. */
  async *input(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield* this.#requests.splice(0);
      if (this.#isOver) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #send(request: ShellRequest): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#requests.push(Buffer.from(`${JSON.stringify(request)}\n`));
    this.#wake();
  }
}

/** Whoever waits hears of it; where nobody does, it is no failure of its own. */
function rejectQuietly(
  waiting: Pick<PromiseWithResolvers<unknown>, "promise" | "reject"> | undefined,
  error: unknown,
): void {
  if (waiting === undefined) return;
  waiting.promise.catch(() => {});
  waiting.reject(error);
}
