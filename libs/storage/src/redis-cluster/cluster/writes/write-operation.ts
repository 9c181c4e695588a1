import { StorageError } from "../../../errors.ts";
import type { Parameter, Reply, Script, WriteCall, Written } from "../cluster.ts";

/** What a caller wants written. */
export interface WriteRequest {
  readonly key: Uint8Array;
  readonly slot: number;
  readonly order: number;
  readonly script: Script;
  readonly call: WriteCall;
}

/** One write on its way, from the call to its outcome. */
export class WriteOperation {
  readonly slot: number;
  readonly key: Uint8Array;
  readonly script: Script;
  readonly parameters: readonly Parameter[];
  readonly mayRepeat: boolean;
  readonly bytes: number;
  /** Grows from call to call. */
  readonly order: number;
  /** Where its slot said that its key is for now; for the next sending only. */
  askedAddress: string | undefined;
  /** Its script's source goes with it, because its digest was not known. */
  usesSource = false;
  /** How often it was sent on since anybody last did something about it. */
  redirects = 0;
  /** Why it waits, for whom it has to be given up. */
  hindrance = "the requests before it were not answered";
  /** Says better why, as long as nobody has taken it yet. */
  explain: (() => string | undefined) | undefined;
  readonly promise: Promise<Written>;
  #resolve: (written: Written) => void = () => undefined;
  #reject: (error: StorageError) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #isUnderWay = false;
  #isDoubtful = false;
  #isSettled = false;
  #isAnswered = false;
  readonly #whenAnswered: (() => void)[] = [];
  #whenSettled: (() => void)[] = [];

  constructor({ key, slot, order, script, call }: WriteRequest) {
    this.key = key;
    this.slot = slot;
    this.order = order;
    this.script = script;
    this.parameters = call.parameters;
    this.mayRepeat = call.mayRepeat;
    this.bytes = call.parameters.reduce((sum, { length }) => sum + length, key.length);
    this.promise = new Promise<Written>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Gives it up after `deadlineMs`: it did not happen, or nobody knows. */
  limit(deadlineMs: number): void {
    this.#timer = setTimeout(() => {
      this.giveUp(
        this.#isUnderWay
          ? `the cluster did not confirm the write within ${deadlineMs} ms`
          : `${this.explain?.() ?? this.hindrance}, for ${deadlineMs} ms`,
      );
    }, deadlineMs);
  }

  /** It is on the wire from now on. */
  sent(): void {
    this.#isUnderWay = true;
  }

  /** The server said that it was not done: it may be sent again. */
  returned(): void {
    this.#isUnderWay = false;
  }

  /** Nobody can tell whether it was done; from now on no outcome is sure but a success. */
  lost(): void {
    this.#isUnderWay = false;
    this.#isDoubtful = true;
  }

  /** The server has executed it: what is asked of that server from now on sees it. */
  answered(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    for (const callback of this.#whenAnswered.splice(0)) callback();
  }

  onAnswered(callback: () => void): void {
    if (this.#isAnswered) callback();
    else this.#whenAnswered.push(callback);
  }

  onSettled(callback: () => void): void {
    this.#whenSettled.push(callback);
  }

  /** It is kept. */
  succeed(reply: Reply): void {
    if (this.#settle()) this.#resolve({ reply, isRepeated: this.#isDoubtful });
  }

  /** It did not happen, or, if it is or was on the wire unanswered, nobody knows. */
  giveUp(reason: string): void {
    const code =
      this.#isUnderWay || this.#isDoubtful ? "STORAGE_UNANSWERED" : "STORAGE_UNAVAILABLE";
    if (this.#settle()) this.#reject(new StorageError(code, { reason }));
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.answered();
    for (const callback of this.#whenSettled) callback();
    this.#whenSettled = [];
    return true;
  }
}
