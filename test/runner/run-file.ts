import { join } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";

/** One test that did not simply pass. */
export interface Remark {
  /** The file, and the titles that lead to the test. */
  readonly title: string;
  /** Why it was skipped, or how it failed. */
  readonly text: string;
}

/** What came of one file. */
export interface FileReport {
  readonly file: string;
  readonly tookMs: number;
  readonly passed: number;
  readonly failures: readonly Remark[];
  readonly skips: readonly Remark[];
  /** What the tests had to say: seeds, figures. */
  readonly diagnostics: readonly string[];
  /** All that was printed, to be shown if something failed. */
  readonly output: string;
}

export interface RunFileOptions {
  readonly root: string;
  /** How long the file may take, in milliseconds; then its process is ended and the file has failed. */
  readonly limitMs: number;
  /** Aborted when nobody wants the rest any more. */
  readonly signal: AbortSignal;
  /** Beside those of this process. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
}

/** What node:test tells of a test, as far as it is looked at here. */
interface TestData {
  readonly name: string;
  readonly nesting: number;
  readonly file?: string;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details: { readonly type?: string; readonly error?: Error };
}

/** Runs one test file in a process of its own, within its time. */
export async function runFile(file: string, options: RunFileOptions): Promise<FileReport> {
  const started = performance.now();
  const limit = AbortSignal.timeout(options.limitMs);
  const gatherer = new Gatherer(file, join(options.root, file));
  const events = run({
    files: [join(options.root, file)],
    cwd: options.root,
    concurrency: 1,
    ...(options.variables === undefined ? {} : { env: { ...process.env, ...options.variables } }),
    signal: AbortSignal.any([limit, options.signal]),
  });
  for await (const { type, data } of events) {
    if (type === "test:pass") gatherer.pass(data);
    else if (type === "test:fail") gatherer.fail(data);
    else if (type === "test:stdout" || type === "test:stderr") gatherer.output += data.message;
    else if (type === "test:diagnostic" && data.file !== undefined) {
      gatherer.diagnostics.push(data.message);
    }
  }
  if (limit.aborted) gatherer.timedOut(options.limitMs);
  return gatherer.report(performance.now() - started);
}

class Gatherer {
  readonly #file: string;
  readonly #path: string;
  #passed = 0;
  readonly #failures: Remark[] = [];
  readonly #skips: Remark[] = [];
  readonly diagnostics: string[] = [];
  output = "";

  constructor(file: string, path: string) {
    this.#file = file;
    this.#path = path;
  }

  pass(data: TestData): void {
    // A suite that is skipped tells nothing of the tests in it: it counts as one.
    if (this.#isSkipped(data)) this.#skips.push(this.#remark(data, skipReason(data)));
    else if (this.#isTest(data)) this.#passed += 1;
  }

  fail(data: TestData): void {
    const { error } = data.details;
    if (isToldElsewhere(error)) return;
    if (this.#isSkipped(data)) this.#skips.push(this.#remark(data, skipReason(data)));
    else this.#failures.push(this.#remark(data, inspect(error?.cause ?? error)));
  }

  timedOut(limitMs: number): void {
    this.#failures.push({
      title: this.#file,
      text: `Its process was ended: it took longer than ${limitMs / 1_000} s`,
    });
  }

  report(tookMs: number): FileReport {
    const failures = [...this.#failures];
    if (this.#passed + failures.length + this.#skips.length === 0) {
      failures.push({ title: this.#file, text: "There is no test in this file" });
    }
    return {
      file: this.#file,
      tookMs,
      passed: this.#passed,
      failures,
      skips: this.#skips,
      diagnostics: this.diagnostics,
      output: this.output,
    };
  }

  /** Whether it is a test, and not a suite or the file as a whole. */
  #isTest({ name, details }: TestData): boolean {
    return details.type === "test" && name !== this.#path;
  }

  #isSkipped({ skip, todo }: TestData): boolean {
    return isSaid(skip) || isSaid(todo);
  }

  #remark({ name }: TestData, text: string): Remark {
    return { title: name === this.#path ? this.#file : `${this.#file}: ${name}`, text };
  }
}

function isSaid(reason: string | boolean | undefined): boolean {
  return reason !== undefined && reason !== false;
}

function skipReason({ skip, todo }: TestData): string {
  const reason = isSaid(skip) ? skip : todo;
  return typeof reason === "string" && reason !== "" ? reason : "no reason given";
}

/**
 * A suite, or the file as a whole, fails when an inner test does, and when the run is given up: that is told where it
 * happens.
 */
function isToldElsewhere(error: Error | undefined): boolean {
  if (error === undefined || !("failureType" in error)) return false;
  return error.failureType === "subtestsFailed" || error.failureType === "testAborted";
}
