/**
 * Calls into a child process, over Node's own channel between a process and its fork: what is measured gets a process of
 * its own, with a heap and a garbage collector of its own.
 */

/** What a worker can do: a function for each call, by name. Arguments and results are plain data. */
export type Calls = Readonly<
  Record<string, (argument: never, onProgress: (share: number) => void) => Promise<unknown>>
>;

/** What one of `Work`'s calls takes. */
export type ArgumentOf<Work extends Calls, Name extends keyof Work> = Parameters<Work[Name]>[0];

/** What one of `Work`'s calls comes to. */
export type ResultOf<Work extends Calls, Name extends keyof Work> = Awaited<ReturnType<Work[Name]>>;

/** What goes to a worker: one call at a time. */
export interface CallMessage {
  readonly name: string;
  readonly argument: unknown;
}

/** What comes back: any number of `progress`, a share from 0 to 1, and then one of the others. */
export type ReplyMessage =
  | { readonly type: "progress"; readonly share: number }
  | { readonly type: "result"; readonly value: unknown }
  | { readonly type: "failure"; readonly text: string };
