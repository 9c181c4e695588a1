/** How a link came to its end, as far as this end knows. */
export type DownReason =
  /** The connection broke or was closed: the other node has ended, or the way to it. */
  | "lost"
  /** Nothing came from the other node for too long. */
  | "silent"
  /** The other node has said that it leaves. */
  | "left"
  /** This node has ended it. */
  | "disconnected"
  /** The same node has come by a new connection, and did not answer on this one. */
  | "replaced"
  /** What came in was no frame. */
  | "broken";

const TEXTS: Readonly<Record<DownReason, string>> = {
  lost: "the connection was lost",
  silent: "nothing was heard of it",
  left: "it has left",
  disconnected: "disconnected",
  replaced: "it has come anew",
  broken: "what it sent was not understood",
};

/** The reason as a part of a sentence. */
export function downText(reason: DownReason): string {
  return TEXTS[reason];
}
