import { valueOf } from "./label.ts";

/** A mutation that a writer sends, and what it does to the writer's picture of the store; `value` is the label of a value. */
export type Operation =
  | { readonly type: "create"; readonly bucket: string }
  | { readonly type: "put"; readonly bucket: string; readonly key: string; readonly value: string }
  | { readonly type: "delete"; readonly bucket: string; readonly key: string };

/**
 * What a store holds, as cells: `bucket` for a bucket that exists, `bucket key` for a key, with its value's label.
 */
export type Cells = Map<string, string>;

/** The name of the cell of `key`, or of the bucket itself. */
export function cellOf(bucket: string, key?: string): string {
  return key === undefined ? bucket : `${bucket} ${key}`;
}

/** The line that asks for `operation`, without its ending. */
export function lineOf(operation: Operation): string {
  const { type, bucket } = operation;
  if (type === "create") return `CREATE ${bucket}`;
  if (type === "put") return `PUT ${bucket} ${operation.key} ${valueOf(operation.value)}`;
  return `DELETE ${bucket} ${operation.key}`;
}

/** The only right reply to `operation` on `cells`. */
export function replyTo(operation: Operation, cells: Cells): "OK" | "NOT FOUND" {
  return operation.type === "create" || cells.has(operation.bucket) ? "OK" : "NOT FOUND";
}

/** Carries out `operation` on `cells`; the result is the cell that it may have changed. */
export function applyTo(operation: Operation, cells: Cells): string {
  const { type, bucket } = operation;
  if (type === "create") {
    cells.set(bucket, "exists");
    return bucket;
  }
  const cell = cellOf(bucket, operation.key);
  if (!cells.has(bucket)) return cell;
  if (type === "put") cells.set(cell, operation.value);
  else cells.delete(cell);
  return cell;
}
