/**
 * What an error of a server means for the request that it answers. None of them but `other` can come from a request of which anything was
 * done, so what is said here is what may be done next.
 */
export type Refusal =
  /** The slot is at `address` now. */
  | { readonly type: "moved"; readonly address: string }
  /** The slot is on its way to `address`, and this key is there already; only this one request goes there. */
  | { readonly type: "ask"; readonly address: string }
  /** The server does not know the script by its digest. */
  | { readonly type: "no-script" }
  /** It passes: the same may be asked again a little later. */
  | { readonly type: "later"; readonly reason: string }
  /** It was not done, and asking again does not help until somebody has mended something. */
  | { readonly type: "never"; readonly reason: string }
  /** Something went wrong in the midst of it. */
  | { readonly type: "other"; readonly reason: string };

/** The slot is in nobody's hands, on its way, or its server is not ready for it. */
const PASSING = new Map([
  ["CLUSTERDOWN", "the cluster has no quorum, or nobody has the slot"],
  ["TRYAGAIN", "the slot is on its way"],
  ["LOADING", "the server reads its data"],
  ["MASTERDOWN", "the replica has lost its primary"],
  ["READONLY", "the server is no primary any more"],
  ["BUSY", "the server runs a long script"],
  ["NOREPLICAS", "the primary has too few replicas"],
]);

const LASTING = new Map([
  ["OOM", "the server has no memory left"],
  ["MISCONF", "the server cannot write to its disk"],
  ["NOAUTH", "the server asks for a password"],
  ["WRONGPASS", "the server does not take the user name and password"],
  ["NOPERM", "the user may not run what is needed"],
]);

/** Reads the text of an error reply, by its first word. Nothing of the request is in the reasons. */
export function readRefusal(text: string, askedHost: string): Refusal {
  const [word = "", , place = ""] = text.split(" ");
  if (word === "MOVED" || word === "ASK") {
    const address = place.startsWith(":") ? `${askedHost}${place}` : place;
    return { type: word === "MOVED" ? "moved" : "ask", address };
  }
  if (word === "NOSCRIPT") return { type: "no-script" };
  const passing = PASSING.get(word);
  if (passing !== undefined) return { type: "later", reason: `${passing} (${word})` };
  const lasting = LASTING.get(word);
  if (lasting !== undefined) return { type: "never", reason: `${lasting} (${word})` };
  return { type: "other", reason: `the server answered ${firstLine(text)}` };
}

const SHOWN_CHARACTERS = 120;

function firstLine(text: string): string {
  return JSON.stringify((text.split("\n", 1)[0] ?? "").slice(0, SHOWN_CHARACTERS));
}
