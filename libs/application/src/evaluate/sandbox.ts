import { Console } from "node:console";
import { Writable } from "node:stream";
import { createContext, runInContext } from "node:vm";
import { noteEvaluatedPromises } from "./evaluated-promises.ts";

/** Where evaluated code says something. */
export type SayWhat = (stream: "stdout" | "stderr", text: string) => void;

/** What evaluated code finds around it. */
export interface SandboxOptions {
  /** How the inspector knows it; no two alike. */
  readonly name: string;
  /** Further global names. */
  readonly scope: Readonly<Record<string, unknown>>;
  /** Where its `console` prints. */
  readonly say: SayWhat;
  /** Given a value by {@link TAKE}. */
  readonly take: (value: unknown) => void;
}

/** A function that hands its only argument to the program; the inspector calls it with what it holds. */
export const TAKE = 'function (value) { globalThis[Symbol.for("@kv/application take")](value); }';
const takeKey = Symbol.for("@kv/application take");

/** The globals of one piece of evaluated code, or of several that belong together. */
export interface Sandbox {
  readonly name: string;
  /** To be held as long as something is evaluated in it: nobody else does. */
  readonly context: object;
}

/**
 * These stay the sandbox's own, so that its promises can be told from the program's: one that rejects with nobody listening
 * must not end a node.
 */
const OWN = new Set(["globalThis", "global", "Promise", "Object", "Function", "Array", "eval"]);

/**
 * A place for evaluated code: the names of the program's own globals, a `console` that prints for whoever has typed the code, and
 * what `scope` has. What it declares stays there.
 */
export function createSandbox({ name, scope, say, take }: SandboxOptions): Sandbox {
  const globals: Record<string | symbol, unknown> = {};
  for (const key of Object.getOwnPropertyNames(globalThis)) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, key);
    if (descriptor !== undefined && !OWN.has(key)) Object.defineProperty(globals, key, descriptor);
  }
  const stdout = sink((text) => say("stdout", text));
  const stderr = sink((text) => say("stderr", text));
  const console = new Console({ stdout, stderr });
  for (const [key, value] of Object.entries({ console, ...scope })) {
    Object.defineProperty(globals, key, { value, writable: true, configurable: true });
  }
  Object.defineProperty(globals, takeKey, { value: take });
  const context = createContext(globals, { name });
  const prototype: unknown = runInContext("Promise.prototype", context);
  if (typeof prototype === "object" && prototype !== null) noteEvaluatedPromises(prototype);
  return { name, context };
}

function sink(write: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: Buffer | string, _encoding, done) => {
      write(chunk.toString());
      done();
    },
  });
}
