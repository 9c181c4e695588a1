import { type MoveOutcome, type RoutingOutcome, routingTextLimitBytes } from "../move-request.ts";
import type { OutcomeCodec } from "./outcome-codec.ts";
import { KIND } from "./outcome-kind.ts";
import { readShortText, writeShortText } from "./short-text.ts";

/** What comes of the parts of a move. */
export const moveCodec: OutcomeCodec<MoveOutcome> = {
  write(writer, outcome) {
    if (outcome.type === "taken") return writer.u8(KIND.taken);
    writer.u8(KIND.refused);
    writer.text(outcome.reason);
  },
  read(reader, kind) {
    if (kind === KIND.taken) return { type: "taken" };
    return kind === KIND.refused ? { type: "refused", reason: reader.text() } : undefined;
  },
};

/** What is answered about the routing table. */
export const routingCodec: OutcomeCodec<RoutingOutcome> = {
  write(writer, { text }) {
    writer.u8(KIND.routing);
    writeShortText(writer, text, routingTextLimitBytes);
  },
  read: (reader, kind) =>
    kind === KIND.routing
      ? { type: "routing", text: readShortText(reader, routingTextLimitBytes) }
      : undefined,
};
