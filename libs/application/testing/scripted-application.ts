import type { AnyApplication, ApplicationContext } from "../src/application.ts";
import type { EnvironmentDeclaration } from "../src/environment.ts";
import { type Journal, ScriptedChild } from "./scripted-child.ts";

/** What a test may say about an application. */
export interface ApplicationTerms {
  readonly dependencies?: readonly ScriptedApplication[];
  readonly environment?: EnvironmentDeclaration;
  readonly check?: AnyApplication["check"];
  readonly inspect?: AnyApplication["inspect"];
  readonly shutdownMs?: number;
  /** Runs within the start; may fail it. */
  readonly onStart?: (context: ApplicationContext<EnvironmentDeclaration>) => Promise<void> | void;
  readonly onStop?: () => Promise<void>;
  /** Without it, the application has nothing to reload. */
  readonly onReload?: () => Promise<void>;
}

/** An application whose life a test directs; its API is the context it was started with last. */
export interface ScriptedApplication extends AnyApplication {
  /** The child of the last start. */
  readonly child: () => ScriptedChild;
  readonly context: () => ApplicationContext<EnvironmentDeclaration>;
}

/** Makes the applications of one test, which all write to its `journal`. */
export function scriptApplication(
  journal: Journal,
  name: string,
  terms: ApplicationTerms = {},
): ScriptedApplication {
  let last:
    | { child: ScriptedChild; context: ApplicationContext<EnvironmentDeclaration> }
    | undefined;
  const lastStart = (): NonNullable<typeof last> => {
    if (last === undefined) throw new Error(`${name} was never started`);
    return last;
  };
  return {
    name,
    description: "Directed by a test.",
    dependencies: terms.dependencies ?? [],
    environment: terms.environment ?? {},
    ...(terms.check === undefined ? {} : { check: terms.check }),
    ...(terms.inspect === undefined ? {} : { inspect: terms.inspect }),
    shutdownMs: terms.shutdownMs,
    start: async (context) => {
      journal.push(`start ${name}`);
      await terms.onStart?.(context);
      const child = new ScriptedChild(async () => {
        journal.push(`stop ${name}`);
        await terms.onStop?.();
      });
      last = { child, context };
      return {
        api: `api of ${name}`,
        finished: child.finished,
        reload: terms.onReload,
        [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
      };
    },
    child: () => lastStart().child,
    context: () => lastStart().context,
  };
}
