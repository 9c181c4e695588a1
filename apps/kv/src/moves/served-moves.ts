import type { NodeName } from "@kv/cluster";
import type { Answer, Answering, Lifetime, Revision } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import { KvError } from "../errors.ts";
import type {
  MovedField,
  MoveOutcome,
  RoutingOutcome,
  RoutingRequest,
} from "../remote/move-request.ts";
import type { ServingMoves } from "../remote/serving-moves.ts";
import { formatAnswer } from "./routing-answer.ts";
import type { RoutingAnswers } from "./routing-answers.ts";
import { parseQuestion } from "./routing-question.ts";

/** A bucket that is going to come here. */
export interface Arrival {
  readonly bucket: BucketName;
  readonly from: NodeName;
  readonly moveId: string;
  readonly lifetime: Lifetime;
  readonly expiresAtMs: number | undefined;
  readonly revisionFloor: Revision;
}

/** A part of a copy. */
export interface ArrivingPart {
  readonly bucket: BucketName;
  readonly moveId: string;
  readonly fields: readonly MovedField[];
  readonly deletedKeys: readonly Uint8Array[];
}

/** Where copies come in; arrays are read during the call only. */
export interface ArrivalsAtHome {
  begin(arrival: Arrival): Answering<MoveOutcome>;
  add(part: ArrivingPart): Answering<MoveOutcome>;
  /** In force at once. */
  activate(bucket: BucketName, moveId: string): Answering<MoveOutcome>;
}

/** Serves what other nodes ask this one, `self`, of their own accord. */
export function servedMoves(
  self: NodeName,
  arrivals: ArrivalsAtHome,
  answers: RoutingAnswers,
): ServingMoves {
  return {
    begin: ({ hops, ...arrival }) => {
      const from = hops.nodes[0];
      if (from === undefined) throw new Error("a move has one hop");
      return arrivals.begin({ ...arrival, from });
    },
    add: (part) => arrivals.add(part),
    activate: ({ bucket, moveId }) => arrivals.activate(bucket, moveId),
    routing: (request) => answered(self, request, answers),
  };
}

async function answered(
  self: NodeName,
  { text }: RoutingRequest,
  answers: RoutingAnswers,
): Promise<Answer<RoutingOutcome>> {
  const question = parseQuestion(text);
  if (question === undefined) throw new KvError("KV_REQUEST_NOT_UNDERSTOOD", { node: self });
  const answer = formatAnswer(await answers.answer(question));
  return { outcome: { type: "routing", text: answer }, durable: undefined };
}
