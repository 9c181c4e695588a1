import type { DeleteOutcome, Field, Kv, PutOptions } from "@kv/kv";
import type { Reply } from "../reply.ts";
import { mapAnswer } from "./answers.ts";
import type { DeleteCommand, PutCommand } from "./command.ts";
import { expiresAtOf } from "./moment-of.ts";
import { isThere, type Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";

const NOTHING_DELETED: Reply = { type: "nothing-deleted" };

/** For every put that makes its bucket. */
export const CREATES_BUCKET: PutOptions = { createsBucket: true };

/** One operation of the store, and so one record of its log, however many fields there are. */
export function putFields(surroundings: Surroundings, command: PutCommand): Replying<Reply> {
  const { bucket, fields, expiry, createsBucket } = command;
  const due = expiry === undefined ? fields : expiringFields(surroundings, fields, expiry);
  return surroundings.kv.put(bucket, due, createsBucket === true ? CREATES_BUCKET : undefined);
}

/** A deletion that found nothing is no read that found nothing. */
export function deleteKeys(kv: Kv, { bucket, keys, condition }: DeleteCommand): Replying<Reply> {
  const answering = kv.delete(bucket, keys, condition);
  if (!isThere(answering)) return mapAnswer(answering, toldOfDeletion);
  const { outcome, durable } = answering;
  return outcome.type === "missing" ? { outcome: NOTHING_DELETED, durable } : answering;
}

function toldOfDeletion(outcome: DeleteOutcome): Reply {
  return outcome.type === "missing" ? NOTHING_DELETED : outcome;
}

function expiringFields(
  { unixTimeMs }: Surroundings,
  fields: readonly Field[],
  expiry: NonNullable<PutCommand["expiry"]>,
): readonly Field[] {
  const expiresAtMs = expiresAtOf(expiry, unixTimeMs());
  return fields.map((field) => ({ ...field, expiresAtMs }));
}
