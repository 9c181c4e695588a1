import type { Action, Operation, Outcome } from "./operation.ts";

/**
 * A history as text that `parseHistory()` reads: an operation a line, by the time of its call, in milliseconds since the
 * first call; behind `#`, whom the client asked.
 */
export function showHistory(history: readonly Operation[]): string {
  const sorted = history.toSorted((one, other) => one.callAt - other.callAt);
  const begin = sorted[0]?.callAt ?? 0;
  const moment = (time: number): string => (time - begin).toFixed(2);
  const width = Math.max(0, ...history.map(({ client }) => client.length));
  return sorted
    .map(({ client, action, outcome, callAt, returnAt, way }) => {
      const who = client.padEnd(width);
      const comment = way === undefined ? "" : ` # ${way}`;
      return `${who} ${moment(callAt)}-${moment(returnAt)} ${actionText(action)}: ${outcomeText(outcome)}${comment}`;
    })
    .join("\n");
}

function actionText(action: Action): string {
  switch (action.type) {
    case "get":
    case "delete":
      return action.type;
    case "put":
    case "put-if-absent":
      return `${action.type} ${action.value}`;
    case "put-if-value":
      return `put-if ${action.expected} ${action.value}`;
    default:
      throw new Error("No such action");
  }
}

function outcomeText(outcome: Outcome): string {
  if (outcome.type === "read") return outcome.value ?? "-";
  if (outcome.type !== "applied") return outcome.type;
  if (outcome.found === undefined) return "ok";
  return outcome.found ? "found" : "absent";
}
