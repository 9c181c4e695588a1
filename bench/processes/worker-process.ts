import { type ChildProcess, fork } from "node:child_process";
import { checkout, compileCache } from "../../test/harness/checkout.ts";
import { ProcessEndedError } from "./process-ended-error.ts";
import type { ArgumentOf, CallMessage, Calls, ReplyMessage, ResultOf } from "./calls.ts";

interface CallUnderWay {
  readonly onProgress: (share: number) => void;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** A forked process that carries out `Work`, one call at a time. */
export class WorkerProcess<Work extends Calls> {
  readonly child: ChildProcess;
  #underWay: CallUnderWay | undefined;

  /** Starts `module`, which serves `Work`. Its garbage collector can be called, so that memory can be measured. */
  constructor(module: string) {
    this.child = fork(module, {
      cwd: checkout,
      execArgv: ["--expose-gc"],
      serialization: "advanced",
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    });
    this.child.on("message", (message: ReplyMessage) => this.#receive(message));
    this.child.once("exit", (code, signal) => {
      this.#giveUp(signal === null ? `exit code ${code}` : `signal ${signal}`);
    });
    // A message to a process that is just ending comes back as an error.
    this.child.on("error", ({ message }) => this.#giveUp(message));
  }

  /** Rejects when the call fails, and when the process ends instead of answering. */
  call<Name extends keyof Work & string>(
    name: Name,
    argument: ArgumentOf<Work, Name>,
    onProgress: (share: number) => void = () => {},
  ): Promise<ResultOf<Work, Name>> {
    if (this.#underWay !== undefined) throw new Error(`Cannot call "${name}": a call is under way`);
    const reply = Promise.withResolvers<unknown>();
    this.#underWay = { onProgress, resolve: reply.resolve, reject: reply.reject };
    const message: CallMessage = { name, argument };
    this.child.send(message);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both ends are this program, and share the type
    return reply.promise as Promise<ResultOf<Work, Name>>;
  }

  #giveUp(reason: string): void {
    this.#underWay?.reject(new ProcessEndedError(`a process with a store ended: ${reason}`));
    this.#underWay = undefined;
  }

  #receive(message: ReplyMessage): void {
    const call = this.#underWay;
    if (message.type === "progress") return call?.onProgress(message.share);
    this.#underWay = undefined;
    if (message.type === "result") call?.resolve(message.value);
    else call?.reject(new Error(message.text));
  }
}
