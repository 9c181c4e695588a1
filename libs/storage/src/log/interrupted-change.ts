/**
 * Code was terminated from outside in the midst of a change: what is in memory is not what any log says. It is nobody's answer:
 * it ends the process, and the next start reads the log, to which nothing of the change has come.
 */
export class InterruptedChange extends Error {
  override readonly name = "InterruptedChange";
  readonly kind = "operating-failure";

  constructor(path: string) {
    super(
      `The store at "${path}" was stopped in the midst of a change; the node ends so that its log stays whole: start it again`,
    );
  }
}
