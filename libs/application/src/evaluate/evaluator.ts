import { type Runtime, Session } from "node:inspector";
import { types } from "node:util";
import type { Evaluation } from "./evaluation.ts";
import { EvaluationTimers } from "./evaluation-timers.ts";
import { createSandbox, type Sandbox, type SandboxOptions, TAKE } from "./sandbox.ts";
import { isUnfinished } from "./unfinished-code.ts";
import { Watchdog } from "./watchdog.ts";

/** What a piece of code is evaluated with. */
export interface EvaluateOptions {
  /** Milliseconds until it is stopped, and given up where it only waits. */
  readonly timeoutMs: number;
  /** Instead: it may wait for ever, and is stopped when it has the event loop stand still for `timeoutMs`. */
  readonly mayWait?: boolean | undefined;
  /** Aborted when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Code that belongs together: what one piece declares the next one finds. */
export interface EvaluationSession extends Disposable {
  /**
   * Evaluates JavaScript with top-level `await`; what it comes to is that of its last expression. Names may be declared anew.
   * One piece at a time.
   */
  evaluate(code: string, options: EvaluateOptions): Promise<Evaluation>;
  /** What could stand at the end of `line`, and the part of it that is there: the names behind a dot, or global ones. Runs no code that changes anything. */
  complete(line: string): readonly [names: readonly string[], part: string];
  /** Where that is. */
  readonly sandbox: Sandbox;
}

/** The end of a line: what is before its last dot, if that is names alone, and what begins behind it. */
const COMPLETABLE = /(?:^|[^\w$.\])])(?:([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\.)?([\w$]*)$/u;

/** A getter may take so long, in milliseconds. */
const COMPLETION_MS = 100;

/** What the inspector says of code that it has stopped itself. */
const TERMINATED = "Execution was terminated";

/**
 * Evaluates what operators type, inside the process, by an inspector session of its own: no port is opened.
 *
 * A deadline stops the code itself wherever it is, and what it awaits, when that has the event loop stand still; it clears the timers that it has
 * set. What else it set going (a listener, a call of the program's own that it awaits) cannot be told from the program's own.
 */
export class Evaluator implements AsyncDisposable {
  readonly #session = new Session();
  readonly #watchdog = new Watchdog();
  readonly #timers = new EvaluationTimers();
  readonly #contexts = new Map<string, number>();
  #count = 0;
  #taken: unknown;
  readonly #onExit = (): void => this.#session.disconnect();
  readonly #take = (value: unknown): void => {
    this.#taken = value;
  };

  constructor() {
    this.#session.connect();
    // Code may end the process: Node would then say that it waits for a debugger.
    process.once("exit", this.#onExit);
    this.#session.on("Runtime.executionContextCreated", ({ params: { context } }) => {
      this.#contexts.set(context.name, context.id);
    });
    this.#session.post("Runtime.enable");
  }

  /** Begins a session. Throws nothing of what is evaluated in it. */
  open({ scope, say }: Pick<SandboxOptions, "scope" | "say">): EvaluationSession {
    const name = `evaluation ${(this.#count += 1)}`;
    const further = { ...this.#timers.globals, ...scope };
    const sandbox = createSandbox({ name, scope: further, say, take: this.#take });
    const contextId = this.#contexts.get(name);
    if (contextId === undefined) throw new Error("the inspector does not know the sandbox");
    return {
      sandbox,
      complete: (line) => this.#complete(contextId, line),
      evaluate: (code, options) => this.#evaluate(contextId, code, options),
      [Symbol.dispose]: () => {
        this.#contexts.delete(name);
      },
    };
  }

  /** Nothing is evaluated any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#onExit);
    this.#session.disconnect();
    await this.#watchdog[Symbol.asyncDispose]();
  }

  async #evaluate(
    contextId: number,
    expression: string,
    { timeoutMs, mayWait = false, signal }: EvaluateOptions,
  ): Promise<Evaluation> {
    using watch = await this.#watchdog.begin(timeoutMs, mayWait ? timeoutMs : undefined);
    void watch;
    if (signal?.aborted === true) return { type: "aborted" };
    const outcome = Promise.withResolvers<Evaluation>();
    const giveUp = (): void => outcome.resolve({ type: "timeout" });
    const timer = mayWait ? undefined : setTimeout(giveUp, timeoutMs);
    const onAbort = (): void => outcome.resolve({ type: "aborted" });
    signal?.addEventListener("abort", onAbort, { once: true });
    const options = { expression, contextId, timeout: timeoutMs, replMode: true };
    const timed = this.#timers.run(() => {
      this.#session.post(
        "Runtime.evaluate",
        { ...options, awaitPromise: true, silent: true },
        (failure, answer) => outcome.resolve(this.#outcomeOf(contextId, failure, answer)),
      );
    });
    try {
      const evaluation = await outcome.promise;
      if (evaluation.type === "timeout" || evaluation.type === "aborted") timed.giveUp();
      else timed.done();
      return evaluation;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #outcomeOf(
    contextId: number,
    failure: Error | null,
    answer: Runtime.EvaluateReturnType | undefined,
  ): Evaluation {
    // The inspector has no better word for code that its own time limit has stopped.
    if (failure !== null || answer === undefined) return { type: "timeout" };
    const { result, exceptionDetails } = answer;
    if (exceptionDetails === undefined)
      return { type: "value", value: this.#valueOf(contextId, result) };
    const { exception, text } = exceptionDetails;
    if (exception === undefined) {
      return text.includes(TERMINATED) ? { type: "timeout" } : { type: "thrown", error: text };
    }
    const error = this.#valueOf(contextId, exception);
    if (!types.isNativeError(error) || !isOfCodeItself(error)) return { type: "thrown", error };
    const { message } = error;
    return { type: "syntax", message, isUnfinished: isUnfinished(message) };
  }

  #complete(contextId: number, line: string): readonly [readonly string[], string] {
    const [, object, part = ""] = COMPLETABLE.exec(line) ?? [];
    const names =
      object === undefined ? this.#globalNames(contextId) : this.#namesOf(contextId, object);
    return [names.filter((name) => name.startsWith(part)).toSorted(), part];
  }

  #globalNames(contextId: number): readonly string[] {
    let names: readonly string[] = [];
    const options = { executionContextId: contextId };
    this.#session.post("Runtime.globalLexicalScopeNames", options, (_failure, answer) => {
      names = answer.names;
    });
    return [...names, ...this.#namesOf(contextId, "globalThis")];
  }

  #namesOf(contextId: number, expression: string): readonly string[] {
    let value: unknown;
    const options = {
      expression,
      contextId,
      throwOnSideEffect: true,
      timeout: COMPLETION_MS,
      silent: true,
    };
    const take = (failure: Error | null, answer?: Runtime.EvaluateReturnType): void => {
      const hasFailed = failure !== null || answer?.exceptionDetails !== undefined;
      if (!hasFailed && answer !== undefined) value = this.#valueOf(contextId, answer.result);
    };
    this.#session.post("Runtime.evaluate", options, take);
    if (value === undefined || value === null) return [];
    const names = new Set<string>();
    for (
      let object: unknown = Object(value);
      object !== null;
      object = Object.getPrototypeOf(object)
    ) {
      for (const name of Object.getOwnPropertyNames(object)) {
        if (/^[A-Za-z_$][\w$]*$/u.test(name)) names.add(name);
      }
      if (object === Object.prototype) break;
    }
    return [...names];
  }

  /** The very value that the inspector holds in its hand. */
  #valueOf(contextId: number, held: Runtime.RemoteObject): unknown {
    const { objectId, unserializableValue, value } = held;
    const argument = objectId !== undefined ? { objectId } : { unserializableValue, value };
    this.#session.post("Runtime.callFunctionOn", {
      functionDeclaration: TAKE,
      executionContextId: contextId,
      arguments: [argument],
      silent: true,
    });
    const taken = this.#taken;
    this.#taken = undefined;
    if (objectId !== undefined) this.#session.post("Runtime.releaseObject", { objectId });
    return taken;
  }
}

/** Whether it is an error of syntax in what was to be evaluated: nothing of that was run, so none of it is on the stack. */
function isOfCodeItself({ name, stack = "" }: Error): boolean {
  return (
    name === "SyntaxError" && / {4}at (.*)/u.exec(stack)?.[1]?.startsWith("Session.post (") === true
  );
}
