import { setTimeout as pause } from "node:timers/promises";
import { patienceMs } from "../../harness/deadline.ts";
import { LineClient } from "../../harness/line-client.ts";
import { BUCKETS } from "./placement.ts";
import type { Records } from "./records.ts";
import type { Speech, Target } from "./request.ts";
import { lineSpeech } from "./speak-line.ts";
import { respSpeech } from "./speak-resp.ts";
import type { Stage } from "./stage.ts";

/** Makes the buckets, and returns the keys to work on: one in each bucket, and a second one in the first. */
export async function openTargets(
  stage: Stage,
  names: readonly string[],
): Promise<readonly Target[]> {
  await using client = await LineClient.connect(stage.portOf(names[0] ?? "", "line") ?? 0);
  for (const bucket of BUCKETS) {
    const [reply] = await client.ask(`CREATE ${bucket}`);
    if (reply !== "OK") throw new Error(`Cannot create ${bucket}: ${reply}`);
  }
  return [...BUCKETS.map((bucket) => ({ bucket, key: "k" })), { bucket: BUCKETS[0], key: "l" }];
}

/**
 * Reads every key from every node, by both protocols, when all is well again; part of the histories. Nodes that have just
 * come back may need a moment to find each other: then it is tried again. Rejects when a key cannot be read for long.
 */
export async function lastLook(
  stage: Stage,
  records: Records,
  targets: readonly Target[],
): Promise<void> {
  for (const node of stage.names) {
    await lookFrom(node, lineSpeech, { stage, records, targets });
    await lookFrom(node, respSpeech, { stage, records, targets });
  }
}

async function lookFrom<Connection extends AsyncDisposable>(
  node: string,
  speech: Speech<Connection>,
  { stage, records, targets }: { stage: Stage; records: Records; targets: readonly Target[] },
): Promise<void> {
  const port = stage.portOf(node, speech.name);
  if (port === undefined) throw new Error(`${node} is not back`);
  await using connection = await speech.connect(port);
  const who = { client: `last-${node}-${speech.name}`, way: `${node}, ${speech.name}` };
  const deadline = records.now() + patienceMs;
  for (const target of targets) {
    for (let isRead = false; !isRead; ) {
      const request = { target, action: { type: "get" }, wantsRevision: false } as const;
      const settle = records.begin(request, who);
      speech.send(connection, [request]);
      const answer = await speech.receive(connection, request);
      settle(answer);
      isRead = answer.outcome.type === "read";
      if (isRead) continue;
      if (records.now() > deadline) {
        throw new Error(`${target.bucket} ${target.key} cannot be read at ${node}`);
      }
      await pause(20);
    }
  }
}
