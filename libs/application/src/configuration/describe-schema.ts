import type { GenericSchema } from "valibot";

/** What `schema` accepts, in words and Markdown: `whole number from 0 to 65535`, `list of text`. */
export function describeSchema(schema: GenericSchema): string {
  switch (schema.type) {
    case "string":
      return "text";
    case "boolean":
      return "`true` or `false`";
    case "number":
      return describeNumber(schema);
    case "picklist":
      return each(schema, "options")
        .map((option) => code(JSON.stringify(option)))
        .join(" or ");
    case "array":
      return `list of ${inner(schema, "item")}`;
    case "record":
      return `object of ${inner(schema, "key")} to ${inner(schema, "value")}`;
    case "object":
    case "strict_object":
      return `object with ${describeMembers(schema)}`;
    case "union":
      return each(schema, "options").filter(isSchema).map(describeSchema).join(" or ");
    case "optional":
    case "nullable":
      return inner(schema, "wrapped");
    default:
      return schema.expects === "unknown" ? "see its meaning" : schema.expects;
  }
}

function describeMembers(schema: GenericSchema): string {
  const entries = Object.entries(Object(member(schema, "entries")));
  return entries
    .map(([key, value]) => `${code(key)} (${isSchema(value) ? describeSchema(value) : ""})`)
    .join(", ");
}

/** The rules of a pipe that concern whole numbers and bounds; others are left to the documentation of the key. */
function describeNumber(schema: GenericSchema): string {
  const rules = new Map(
    each(schema, "pipe").map((rule) => [member(rule, "type"), member(rule, "requirement")]),
  );
  const low = rules.get("min_value");
  const high = rules.get("max_value");
  return [
    rules.has("integer") || rules.has("safe_integer") ? "whole number" : "number",
    ...(low === undefined ? [] : [`from ${JSON.stringify(low)}`]),
    ...(high === undefined ? [] : [`to ${JSON.stringify(high)}`]),
  ].join(" ");
}

function inner(schema: GenericSchema, name: string): string {
  const value = member(schema, name);
  return isSchema(value) ? describeSchema(value) : "";
}

function each(schema: GenericSchema, name: string): readonly unknown[] {
  const values = member(schema, name);
  return Array.isArray(values) ? values : [];
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function isSchema(value: unknown): value is GenericSchema {
  return member(value, "kind") === "schema";
}

function code(text: string): string {
  return `\`${text}\``;
}
