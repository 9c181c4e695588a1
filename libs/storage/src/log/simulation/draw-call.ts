import type { Condition, Field, Revision } from "../../store.ts";
import { type Call, keyIn } from "./decide-call.ts";
import type { Dice } from "./dice.ts";
import { bucketIn, type StoreState } from "./store-state.ts";

/** The names that a history uses: few, so that calls collide. */
export interface Names {
  readonly buckets: readonly Uint8Array[];
  readonly keys: readonly Uint8Array[];
}

/** What a call is drawn from. */
export interface CallContext {
  readonly dice: Dice;
  readonly names: Names;
  readonly state: StoreState;
  readonly nowMs: number;
}

const KINDS = { create: 2, drop: 1, put: 26, delete: 7, "expire-key": 5, "expire-bucket": 1 };

/** What is called mostly when the bucket is not there. */
const BIRTHS = { create: 1, put: 1 };

/** Milliseconds from now at which a key or bucket expires; some are over already. */
const LIVES_MS = [-1, 0, 1, 10, 500, 1_000, 5_000, 3_600_000];

/** Empty, NUL, not UTF-8, one a prefix of another; the others are counted up. */
const ODD_KEYS = [[], [0x00], [0x61], [0x61, 0x00], [0xff, 0xfe]];

/** Draws the names of a history: mostly a handful of keys, sometimes enough for the index to grow. */
export function drawNames(dice: Dice): Names {
  const count = dice.weigh({ few: 6, some: 3, many: 1 });
  const numbered = { few: 3, some: 15, many: 60 }[count];
  const keys = Array.from({ length: numbered }, (_, number) => [0x6b, number]);
  return {
    buckets: Array.from({ length: dice.between(1, 4) }, (_, number) => Uint8Array.of(0x62, number)),
    keys: [...ODD_KEYS, ...keys].map((list) => Uint8Array.from(list)),
  };
}

/** Draws any mutation. */
export function drawCall(context: CallContext): Call {
  const { dice, names, state, nowMs } = context;
  const bucket = dice.pick(names.buckets);
  const isThere = bucketIn(state, bucket, nowMs) !== undefined;
  const kind = isThere || dice.chance(30) ? dice.weigh(KINDS) : dice.weigh(BIRTHS);
  switch (kind) {
    case "create":
    case "drop":
      return { type: kind, bucket };
    case "put": {
      const length = dice.chance(3) ? 0 : dice.weigh({ 1: 6, 2: 2, 3: 1, 4: 1 });
      const fields = Array.from({ length: Number(length) }, () => drawField(context, bucket));
      return { type: "put", bucket, fields, createsBucket: dice.chance(70) };
    }
    case "delete": {
      const keys = Array.from({ length: dice.between(0, 3) }, () => dice.pick(names.keys));
      const [first] = keys;
      const condition = first && drawCondition(context, bucket, first);
      return { type: "delete", bucket, keys, condition };
    }
    case "expire-key":
    case "expire-bucket": {
      const key = kind === "expire-key" ? dice.pick(names.keys) : undefined;
      const expiresAtMs = dice.chance(25) ? undefined : nowMs + dice.pick(LIVES_MS);
      return { type: "expire", bucket, key, expiresAtMs };
    }
    default:
      throw new Error("No such call");
  }
}

function drawField(context: CallContext, bucket: Uint8Array): Field {
  const { dice, names, nowMs } = context;
  const key = dice.pick(names.keys);
  const value = drawValue(dice);
  const expiresAtMs = dice.chance(25) ? nowMs + dice.pick(LIVES_MS) : undefined;
  return { key, value, expiresAtMs, condition: drawCondition(context, bucket, key) };
}

/** Different from one another, most of them short. */
function drawValue(dice: Dice): Uint8Array {
  const length = { empty: 0, short: dice.between(4, 30), long: 200, huge: 1500 };
  return dice.bytes(length[dice.weigh({ empty: 1, short: 16, long: 2, huge: 1 })]);
}

function drawCondition(
  { dice, state, nowMs }: CallContext,
  bucket: Uint8Array,
  key: Uint8Array,
): Condition | undefined {
  if (dice.chance(75)) return undefined;
  const there = bucketIn(state, bucket, nowMs);
  const found = there && keyIn(there, key, nowMs);
  if (dice.chance(40)) return { type: "absent" };
  const revision = dice.chance(80) ? found?.revision : there?.revision;
  return isRevision(revision) ? { type: "revision", revision } : undefined;
}

function isRevision(revision: number | undefined): revision is number & Revision {
  return revision !== undefined;
}

/** `call` in a few words, as they stand in the list of steps. */
export function tellCall(call: Call): string {
  const bucket = `b${call.bucket[1]}`;
  switch (call.type) {
    case "create":
    case "drop":
      return `${call.type} ${bucket}`;
    case "put":
      return `put ${bucket}${call.createsBucket ? "!" : ""} ${call.fields.map(tellField).join(", ")}`;
    case "delete":
      return `delete ${bucket} ${call.keys.map(tellBytes).join(", ")}${tellCondition(call.condition)}`;
    case "expire":
      return `expire ${bucket} ${call.key === undefined ? "" : tellBytes(call.key)} at ${call.expiresAtMs}`;
    default:
      throw new Error("No such call");
  }
}

function tellField({ key, value, expiresAtMs, condition }: Field): string {
  const until = expiresAtMs === undefined ? "" : ` until ${expiresAtMs}`;
  return `${tellBytes(key)}=${value.length} bytes${until}${tellCondition(condition)}`;
}

function tellCondition(condition: Condition | undefined): string {
  if (condition === undefined) return "";
  return condition.type === "absent" ? " if absent" : ` if at ${condition.revision}`;
}

/** Bytes as hexadecimal digits. */
export function tellBytes(bytes: Uint8Array): string {
  return `x${Buffer.from(bytes).toString("hex")}`;
}
