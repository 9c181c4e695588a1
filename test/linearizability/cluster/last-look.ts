import { setTimeout as pause } from "node:timers/promises";
import { patienceMs } from "../../harness/deadline.ts";
import { LineClient } from "../../harness/line-client.ts";
import { BUCKETS } from "./placement.ts";
import type { Records } from "./records.ts";
import type { Answer, Speech, Target } from "./request.ts";
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
 * come back may need a moment to find each other: then it is tried again. Returns what could not be read for long.
 */
export async function lastLook(look: Look): Promise<readonly string[]> {
  const flaws: string[] = [];
  const deadline = look.records.now() + patienceMs;
  for (const node of look.stage.names) {
    flaws.push(...(await lookFrom(node, lineSpeech, { ...look, deadline })));
    flaws.push(...(await lookFrom(node, respSpeech, { ...look, deadline })));
  }
  return flaws;
}

/** Where to look, and where it is written down. */
export interface Look {
  readonly stage: Stage;
  readonly records: Records;
  readonly targets: readonly Target[];
}

async function lookFrom<Connection extends AsyncDisposable>(
  node: string,
  speech: Speech<Connection>,
  { stage, records, targets, deadline }: Look & { readonly deadline: number },
): Promise<readonly string[]> {
  const port = stage.portOf(node, speech.name);
  if (port === undefined) return [`${node} is not back`];
  await using connection = await speech.connect(port);
  const who = { client: `last-${node}-${speech.name}`, way: `${node}, ${speech.name}` };
  const ask = async (target: Target): Promise<Answer> => {
    const request = { target, action: { type: "get" }, wantsRevision: false } as const;
    const settle = records.begin(request, who);
    speech.send(connection, [request]);
    const answer = await speech.receive(connection, request);
    settle(answer);
    return answer;
  };
  const flaws: string[] = [];
  for (const target of targets) {
    let answer = await ask(target);
    while (answer.outcome.type === "failed" && records.now() < deadline) {
      await pause(20);
      answer = await ask(target);
    }
    if (answer.outcome.type === "read") continue;
    const { bucket, key } = target;
    flaws.push(`${bucket} ${key} cannot be read at ${node}: ${answer.reason ?? answer.oddity}`);
  }
  return flaws;
}
