/** What Redis' clients may be. All of ours are *normal*: nobody subscribes, and no node replicates over this protocol. */
export type ClientType = "normal" | "master" | "replica" | "slave" | "pubsub";

const TYPES: readonly string[] = [
  "normal",
  "master",
  "replica",
  "slave",
  "pubsub",
] satisfies ClientType[];

/** Whether connections of this type are listed; a text says that there is no such type, as an error. */
export function readClientType(text: string): boolean | string {
  const type = text.toLowerCase();
  return TYPES.includes(type)
    ? type === "normal"
    : `ERR Unknown client type '${text.slice(0, 128)}'`;
}
