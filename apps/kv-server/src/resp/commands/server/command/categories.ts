import type { CommandFlag, CommandRow } from "../../../command-row.ts";

/** The categories of Redis' access lists that a command falls into: clients sort commands by them. */
export function categoriesOf({
  flags,
  group,
  categories: others = [],
  subcommands,
}: CommandRow): readonly string[] {
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
    // Of a command with parts, only the parts belong to the connection.
    ["connection", group === "connection" && subcommands === undefined],
  ];
  return [...categories.filter(([, is]) => is).map(([category]) => category), ...others];
}
