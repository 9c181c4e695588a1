import type { AnyApplication } from "../application.ts";
import type { NodeFacts } from "../control/declaration/context.ts";
import { type EvaluationSession, Evaluator } from "../evaluate/evaluator.ts";
import type { SayWhat } from "../evaluate/sandbox.ts";
import type { LiveSystem } from "../system/live-system.ts";
import type { ShellEntries } from "./shell-entry.ts";
import { shellScope } from "./shell-scope.ts";

/** What a session is opened with. */
export interface SessionPlace {
  readonly system: LiveSystem;
  readonly node: NodeFacts;
  readonly say: SayWhat;
  /** Names beside those that all sessions have. */
  readonly further?: ShellEntries | undefined;
}

/** The evaluations that a node's operators ask for. What they need is made with the first of them. */
export class Evaluations implements AsyncDisposable {
  readonly #applications: readonly AnyApplication[];
  #evaluator: Evaluator | undefined;

  constructor(applications: readonly AnyApplication[]) {
    this.#applications = applications;
  }

  /** Begins a session, with the node's applications in reach. */
  open({ system, node, say, further }: SessionPlace): EvaluationSession {
    this.#evaluator ??= new Evaluator();
    const print = (text: string): void => say("stdout", text);
    const scope = shellScope({ system, applications: this.#applications, node, print }, further);
    return this.#evaluator.open({ scope, say });
  }

  /** Nothing is evaluated any more; whatever comes then begins anew. */
  async [Symbol.asyncDispose](): Promise<void> {
    const evaluator = this.#evaluator;
    this.#evaluator = undefined;
    await evaluator?.[Symbol.asyncDispose]();
  }
}
