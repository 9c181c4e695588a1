import type { ServingMoves } from "../serving-moves.ts";

/** Of a node that no other one moves anything to. */
export const noMoves: ServingMoves = {
  begin: neverAsked,
  add: neverAsked,
  activate: neverAsked,
  routing: neverAsked,
};

function neverAsked(): never {
  throw new Error("no move was expected");
}
