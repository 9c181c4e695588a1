import { showBytes } from "../../harness/byte-text.ts";
import { RespClient } from "../wire/resp-client.ts";
import { type RespValue, showReply } from "../wire/resp-value.ts";
import { differenceOf } from "./comparison.ts";
import { Contender, type Version } from "./contender.ts";
import type { Difference } from "./differences.ts";
import type { Words } from "./script.ts";

/** The ports of the servers that are compared. */
export interface Arena {
  readonly reference: number;
  readonly ours: number;
  /** Who takes away what is stored before a script, where somebody has to log in for that. */
  readonly login?: { readonly username: string; readonly password: string };
}

/** How a script is played. `atOnce`: all of it in one write, without waiting for replies. */
export interface Manner {
  readonly version: Version;
  readonly atOnce: boolean;
}

/** A request to which the two servers said different things. */
export interface Disagreement {
  readonly request: string;
  readonly reference: string;
  readonly ours: string;
}

/** Plays `script` on both servers, each on a new connection and with nothing stored, and returns where they differ. */
export async function disagreements(
  arena: Arena,
  script: readonly Words[],
  { version, atOnce }: Manner,
): Promise<readonly Disagreement[]> {
  await Promise.all([arena.reference, arena.ours].map((port) => clear(port, arena)));
  await using reference = await Contender.connect(arena.reference, version);
  await using ours = await Contender.connect(arena.ours, version);
  const pairs = atOnce
    ? await inOneWrite([reference, ours], script)
    : await stepByStep([reference, ours], script);
  return pairs.flatMap(([words, replies]) => {
    const difference = differenceOf(words, replies);
    return difference === undefined ? [] : [{ request: showWords(words), ...difference }];
  });
}

type Played = readonly [Words, readonly [RespValue | undefined, RespValue | undefined]];

async function stepByStep(
  [reference, ours]: readonly [Contender, Contender],
  script: readonly Words[],
): Promise<readonly Played[]> {
  const played: Played[] = [];
  for (const words of script) {
    played.push([words, await Promise.all([reference.play(words), ours.play(words)])]);
  }
  return played;
}

async function inOneWrite(
  [reference, ours]: readonly [Contender, Contender],
  script: readonly Words[],
): Promise<readonly Played[]> {
  const [theirs, own] = await Promise.all([reference.playAtOnce(script), ours.playAtOnce(script)]);
  return script.map((words, index): Played => [words, [theirs[index], own[index]]]);
}

/** Takes away all that is stored on a server, through a connection of its own. */
export async function clear(port: number, { login }: Pick<Arena, "login"> = {}): Promise<void> {
  await using client = await RespClient.connect(port);
  if (login !== undefined) await client.ask("AUTH", login.username, login.password);
  const reply = await client.ask("KEYS", "*");
  if (reply.type !== "array") throw new Error(`Cannot clear: ${showReply(reply)}`);
  const names = reply.items.flatMap((item) => (item.type === "bulk" ? [item.bytes] : []));
  if (names.length > 0) await client.ask("DEL", ...names);
}

/** A request as a script writes it. */
export function showWords(words: Words): string {
  return words.map((word) => (word.length === 0 ? '""' : showBytes(word))).join(" ");
}

/** What `found` says beyond the differences that are known, and the requests of those that were not seen. */
export function unexplained(
  found: readonly Disagreement[],
  known: readonly Difference[],
): { readonly unknown: readonly Disagreement[]; readonly stale: readonly string[] } {
  const isKnown = ({ request, ours }: Disagreement): boolean =>
    known.some(({ replies }) => isReply(ours, replies[request]));
  const isSeen = (request: string): boolean => found.some((one) => one.request === request);
  return {
    unknown: found.filter((one) => !isKnown(one)),
    stale: known
      .flatMap(({ replies }) => Object.keys(replies))
      .filter((request) => !isSeen(request)),
  };
}

function isReply(reply: string, expected: string | RegExp | undefined): boolean {
  return expected instanceof RegExp ? expected.test(reply) : expected === reply;
}
