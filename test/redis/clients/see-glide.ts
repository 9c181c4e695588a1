import assert from "node:assert/strict";
import { join } from "node:path";
import { type Ran, runProgram } from "../tools/run-program.ts";
import type { Sight, Visit } from "./glide-visit.ts";

/** A process is started, and a native library loaded. */
const LIMIT_MS = 30_000;

/** Runs a visit of valkey-glide in a process of its own. */
export function runGlide(visit: Visit): Promise<Ran> {
  const words = [join(import.meta.dirname, "glide-visit.ts"), JSON.stringify(visit)];
  return runProgram(process.execPath, words, { limitMs: LIMIT_MS });
}

/** What a visit saw that ended by itself, and well. */
export async function see(visit: Visit): Promise<Sight> {
  const { stdout, stderr, code } = await runGlide(visit);
  assert.equal(code, 0, stderr);
  // The native part logs to the same stream before.
  const sight: Sight = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  return sight;
}
