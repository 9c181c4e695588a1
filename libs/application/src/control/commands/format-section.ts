import type { StatusSection } from "../../system/live-system.ts";
import { formatBytes, formatDuration } from "./format-quantity.ts";

/**
 * Sections as lines: `keys: 12`. What is named by its unit is shown by it: `liveBytes` as `live: 1.2 MiB`, `uptimeMs`
 * as `uptime: 3 min`, `takenAtMs` as a time. A record within a section is indented below its name, a list has a line for each
 * member; what is `undefined` is left out.
 */
export function formatSections(
  sections: readonly (readonly [name: string, section: StatusSection])[],
): string {
  return sections
    .flatMap(([name, section]) =>
      name === "" ? recordLines(section, "") : ["", `${name}:`, ...recordLines(section, "  ")],
    )
    .join("\n");
}

function recordLines(record: object, indent: string): readonly string[] {
  return Object.entries(record).flatMap(([name, value]) => memberLines(name, value, indent));
}

function memberLines(name: string, value: unknown, indent: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${indent}${inWords(name)}: none`];
    return [`${indent}${inWords(name)}:`, ...value.map((item) => `${indent}  ${listItem(item)}`)];
  }
  if (typeof value === "object") {
    return [`${indent}${inWords(name)}:`, ...recordLines(value, `${indent}  `)];
  }
  const [label, shown] = quantity(name, value);
  return [`${indent}${inWords(label)}: ${shown}`];
}

/** A member of a list on one line: a record's values, without their names. */
function listItem(item: unknown): string {
  if (typeof item !== "object" || item === null) return String(item);
  return Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => quantity(name, value)[1])
    .join("  ");
}

/** A name without its unit, and a value with it. */
function quantity(name: string, value: unknown): readonly [name: string, shown: string] {
  if (typeof value === "boolean") return [name, value ? "yes" : "no"];
  if (typeof value !== "number")
    return [name, typeof value === "string" ? value : JSON.stringify(value)];
  const [, stem = "", unit] = /^(.+?)(AtMs|Ms|Bytes)$/u.exec(name) ?? [];
  if (unit === "Bytes") return [stem, formatBytes(value)];
  if (unit === "Ms") return [stem, formatDuration(value)];
  if (unit === "AtMs") return [stem, new Date(value).toISOString()];
  return [name, value.toLocaleString("en-US", { maximumFractionDigits: 3 })];
}

/** `liveBytes` as `live bytes`. */
function inWords(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}
