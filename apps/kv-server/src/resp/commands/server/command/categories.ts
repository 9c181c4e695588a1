import type { CommandFlag, CommandRow } from "../../../command-row.ts";

/** The categories of Redis' access lists that a command falls into: clients sort commands by them. */
export function categoriesOf({ flags, group }: CommandRow): readonly string[] {
  const has = (flag: CommandFlag): boolean => flags.includes(flag);
  const categories: readonly (readonly [category: string, is: boolean])[] = [
    ["keyspace", group === "generic"],
    ["read", has("readonly")],
    ["write", has("write")],
    ["hash", group === "hash"],
    ["admin", has("admin")],
    ["fast", has("fast")],
    ["slow", !has("fast")],
    ["dangerous", has("admin")],
    ["connection", group === "connection"],
  ];
  return categories.filter(([, is]) => is).map(([category]) => category);
}
