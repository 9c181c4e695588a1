import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { checkout, compileCache } from "../../harness/checkout.ts";
import { within } from "../../harness/deadline.ts";
import { guardProcess, pidOf } from "../../harness/process-guard.ts";
import type { WritersAudit } from "../audit-ledgers.ts";
import type { WriterLedger } from "../writer-ledger.ts";
import type { CrewAnswer, CrewOrder, PlacedCrew } from "./crew-message.ts";

/** Somebody who has been cut off gives up within the deadline of a request, and an audit reads all that was written. */
const ANSWER_MS = 90_000;

/** Crews of writers on a host, which write from their start on; they end when this is disposed of. */
export class CrewProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #names: readonly string[];
  readonly #gone: Promise<unknown>;
  #answer = Promise.withResolvers<CrewAnswer>();

  private constructor(launcher: readonly string[], crews: readonly PlacedCrew[]) {
    this.#names = crews.map(({ name }) => name);
    const entry = join(import.meta.dirname, "crews.ts");
    const [program, ...words] = [...launcher, process.execPath, entry, JSON.stringify(crews)];
    const child = spawn(program, words, {
      cwd: checkout,
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
    });
    const unguard = guardProcess(pidOf(child));
    this.#child = child;
    child.on("message", (answer: CrewAnswer) => {
      this.#answer.resolve(answer);
    });
    this.#gone = once(child, "exit").then(() => {
      unguard();
      this.#answer.reject(new Error("The writers ended by themselves"));
      return undefined;
    });
    this.#answer.promise.catch(() => undefined);
  }

  /** Resolves when all of them write. */
  static async start(
    launcher: readonly string[],
    crews: readonly PlacedCrew[],
  ): Promise<CrewProcess> {
    const started = new CrewProcess(launcher, crews);
    await started.#next("begun", "writers that begin");
    return started;
  }

  /**
   * Resolves once every writer of these crews, by default of all, has been acknowledged something from now on; with `fromSlot`, those whose buckets have
   * that slot or a higher one.
   */
  async goOn({
    names = this.#names,
    fromSlot = 0,
  }: {
    names?: readonly string[];
    fromSlot?: number;
  } = {}): Promise<void> {
    await this.#order({ type: "go-on", names, fromSlot }, "went-on");
  }

  /** Stops them; what each crew was told. */
  async stop(): Promise<readonly WriterLedger[]> {
    return (await this.#order({ type: "stop" }, "stopped")).ledgers;
  }

  /** Compares what crews were told, also of other processes, with what is there. */
  async audit(ledgers: readonly WriterLedger[]): Promise<WritersAudit> {
    return (await this.#order({ type: "audit", ledgers }, "audited")).audit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }

  async #order<Type extends CrewAnswer["type"]>(
    order: CrewOrder,
    type: Type,
  ): Promise<Extract<CrewAnswer, { type: Type }>> {
    this.#answer = Promise.withResolvers();
    this.#answer.promise.catch(() => undefined);
    this.#child.send(order);
    return await this.#next(type, `the writers to ${order.type}`);
  }

  async #next<Type extends CrewAnswer["type"]>(
    type: Type,
    what: string,
  ): Promise<Extract<CrewAnswer, { type: Type }>> {
    const answer = await within(this.#answer.promise, what, ANSWER_MS);
    if (answer.type === "failed") throw new Error(`Waited for ${what}: ${answer.reason}`);
    if (!isOf(answer, type)) throw new Error(`Waited for ${what}, was answered ${answer.type}`);
    return answer;
  }
}

function isOf<Type extends CrewAnswer["type"]>(
  answer: CrewAnswer,
  type: Type,
): answer is Extract<CrewAnswer, { type: Type }> {
  return answer.type === type;
}
