/** A process of the bench ended while it was needed: of lack of memory, most likely. */
export class ProcessEndedError extends Error {
  override readonly name = "ProcessEndedError";
}
