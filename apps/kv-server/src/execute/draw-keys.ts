import type { Reply } from "../reply.ts";
import { atOnce, chain } from "./answers.ts";
import type { DrawKeysCommand } from "./command.ts";
import { keepBucket } from "./kept-bytes.ts";
import { listKeys } from "./read-bucket.ts";
import { readValues } from "./read-keys.ts";
import { ReplyBudget } from "./reply-budget.ts";
import type { Replying } from "./replying.ts";
import type { Surroundings } from "./surroundings.ts";

const WAY_OUT = "HSCAN reads a bucket in parts";

/** Keys by chance, each equally likely: `keys`, or `entries`; none where there is no bucket. It lists the bucket. */
export function drawKeys(surroundings: Surroundings, command: DrawKeysCommand): Replying<Reply> {
  const bucket = keepBucket(command.bucket);
  const { replyLimitBytes } = surroundings.environment;
  const listing = listKeys(surroundings, bucket, new ReplyBudget(replyLimitBytes, WAY_OUT));
  return chain(listing, (all): Replying<Reply> => {
    const budget = new ReplyBudget(replyLimitBytes, WAY_OUT);
    if (all === undefined) return atOnce(budget.refusal());
    const keys = draw(all, command.count, { budget, random: surroundings.random });
    if (keys === undefined) return atOnce(budget.refusal());
    if (!command.withValues) return atOnce({ type: "keys", keys });
    const make = (values: readonly (Uint8Array | undefined)[]): Reply => ({
      type: "entries",
      keys: keys.filter((_key, index) => values[index] !== undefined),
      values: values.filter((value) => value !== undefined),
    });
    return readValues(surroundings, { bucket, keys }, { budget, make });
  });
}

interface Means {
  readonly budget: ReplyBudget;
  readonly random: () => number;
}

/** `undefined` when what is drawn is over the budget. */
function draw(
  all: readonly Uint8Array[],
  count: number,
  { budget, random }: Means,
): readonly Uint8Array[] | undefined {
  const pool = [...all];
  const drawn: Uint8Array[] = [];
  const wanted = count < 0 ? -count : Math.min(count, all.length);
  for (let index = 0; index < wanted && all.length > 0; index++) {
    // Those before `from` are drawn already; with a negative count a key may be drawn again.
    const from = count < 0 ? 0 : index;
    const at = from + Math.floor(random() * (pool.length - from));
    const key = pool[at];
    const first = pool[from];
    if (key === undefined || first === undefined) throw new RangeError("random() is below 1");
    if (count >= 0) [pool[from], pool[at]] = [key, first];
    if (!budget.take(key.length)) return undefined;
    drawn.push(key);
  }
  return drawn;
}
