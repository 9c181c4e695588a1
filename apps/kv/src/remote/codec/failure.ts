import { StorageError, type StorageErrorCode, type StorageFailures } from "@kv/storage";
import { KvError, type KvErrorCode, type KvFailures } from "../../errors.ts";
import type { RemoteFailure } from "../response.ts";
import { type DetailForm, KV_FAILURE_FORMS, STORAGE_FAILURE_FORMS } from "./failure-table.ts";
import { readOptionalText, writeOptionalText } from "./optional.ts";
import { KIND } from "./outcome-kind.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** A detail as its form says. */
type Detail = string | readonly string[] | number | boolean;

interface AnyForm {
  readonly number: number;
  readonly details: Readonly<Record<string, DetailForm>>;
}

/** Makes a failure of the details that were read for its code. */
type MakeFailure = (
  details: Readonly<Record<string, Detail>>,
  options: ErrorOptions | undefined,
) => RemoteFailure;

/** What the operating system calls what went wrong. */
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{0,31}$/u;

const READABLE = readableFailures();

/** Writes why there is no outcome. Of what caused it only the operating system's name for it goes along. */
export function writeFailure(writer: WireWriter, failure: RemoteFailure): void {
  const form: AnyForm =
    failure instanceof KvError
      ? KV_FAILURE_FORMS[failure.code]
      : STORAGE_FAILURE_FORMS[failure.code];
  writer.u8(KIND.failed);
  writer.u8(form.number);
  const details = new Map<string, Detail>(Object.entries(failure.details));
  for (const name of Object.keys(form.details)) writeDetail(writer, details.get(name));
  writeOptionalText(writer, systemCodeOf(failure.cause));
}

/**
 * Reads what {@link writeFailure} wrote, behind the kind. `undefined` for a code that is not known here. A cause is an error
 * that carries the operating system's name, as `code`.
 */
export function readFailure(reader: WireReader): RemoteFailure | undefined {
  const found = READABLE.get(reader.u8());
  if (found === undefined) return undefined;
  const details: Record<string, Detail> = {};
  for (const [name, form] of Object.entries(found.form.details)) {
    details[name] = readDetail(reader, form);
  }
  const code = readOptionalText(reader);
  if (code !== undefined && !SYSTEM_CODE.test(code)) reader.refuse();
  if (reader.isBad) return undefined;
  return found.make(details, code === undefined ? undefined : { cause: systemError(code) });
}

function writeDetail(writer: WireWriter, detail: Detail | undefined): void {
  if (typeof detail === "string") writer.text(detail);
  else if (typeof detail === "number") writer.i64(detail);
  else if (typeof detail === "boolean") writer.flag(detail);
  else if (detail !== undefined) {
    writer.u32(detail.length);
    for (const text of detail) writer.text(text);
  }
}

function readDetail(reader: WireReader, form: DetailForm): Detail {
  switch (form) {
    case "text":
      return reader.text();
    case "number":
      return reader.i64();
    case "flag":
      return reader.flag();
    case "texts":
  }
  const texts: string[] = [];
  for (let left = reader.u32(); left > 0 && !reader.isBad; left--) texts.push(reader.text());
  return texts;
}

function systemCodeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  const { code } = cause;
  return typeof code === "string" && SYSTEM_CODE.test(code) ? code : undefined;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code} on the node that was asked`), { code });
}

function readableFailures(): ReadonlyMap<
  number,
  { readonly form: AnyForm; readonly make: MakeFailure }
> {
  const failures = new Map<number, { readonly form: AnyForm; readonly make: MakeFailure }>();
  for (const [code, form] of Object.entries(KV_FAILURE_FORMS)) {
    if (isKvCode(code)) failures.set(form.number, { form, make: kvErrors(code) });
  }
  for (const [code, form] of Object.entries(STORAGE_FAILURE_FORMS)) {
    if (isStorageCode(code)) failures.set(form.number, { form, make: storageErrors(code) });
  }
  return failures;
}

function kvErrors(code: KvErrorCode): MakeFailure {
  return (details, options) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read in the form that the table has for this code
    new KvError(code, details as unknown as KvFailures[KvErrorCode], options);
}

function storageErrors(code: StorageErrorCode): MakeFailure {
  return (details, options) =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read in the form that the table has for this code
    new StorageError(code, details as unknown as StorageFailures[StorageErrorCode], options);
}

function isKvCode(code: string): code is KvErrorCode {
  return Object.hasOwn(KV_FAILURE_FORMS, code);
}

function isStorageCode(code: string): code is StorageErrorCode {
  return Object.hasOwn(STORAGE_FAILURE_FORMS, code);
}
