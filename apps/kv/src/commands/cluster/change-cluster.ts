import { setTimeout as pause } from "node:timers/promises";
import type { NodeContext } from "@kv/application";
import { isStorageError } from "@kv/storage";
import type { ChangeLock, ClusterStatus } from "@kv/storage/redis-cluster";
import type { ClusterCare } from "../../cluster-care.ts";
import type { NodeKv } from "../../kv.ts";
import { clusterOf, failed } from "./cluster-of.ts";
import { runTool, runToolWell, type ToolRun } from "./cluster-tool.ts";

/** What a change of the cluster has at hand. */
export interface Change {
  readonly cluster: ClusterCare;
  /** How it was when it began. */
  readonly status: ClusterStatus;
  /** A primary that answers. */
  readonly entry: string;
  /** Runs `redis-cli --cluster` with these words. */
  readonly tool: (...words: readonly string[]) => Promise<void>;
  readonly run: ToolRun;
}

/** Servers take a moment to hear of a change from each other. */
const AGREEMENT_MS = 20_000;
const LOOK_MS = 250;

/**
 * Changes the cluster: one change at a time, on a cluster that is in order unless `isRepair`, and with a check at the end. Rejects with `COMMAND_FAILED`.
 * Answers with how the cluster is then.
 */
export async function changeCluster(
  { api, progress, signal }: NodeContext<NodeKv>,
  what: string,
  { isRepair = false, act }: { isRepair?: boolean; act: (change: Change) => Promise<void> },
): Promise<ClusterStatus> {
  const cluster = clusterOf(api);
  await using lock = await lockFor(cluster, what, isRepair ? progress : undefined);
  const run: ToolRun = {
    access: cluster.access,
    progress,
    signal: AbortSignal.any([signal, lock.lost]),
  };
  try {
    const status = await cluster.status();
    const entry = status.primaries.find(({ health }) => health === "ok")?.address;
    if (entry === undefined) throw failed(what, "no primary answers");
    if (!isRepair) await beInOrder(entry, run, what);
    const tool = async (...words: readonly string[]): Promise<void> => {
      await runToolWell(["--cluster", ...words], run);
    };
    await act({ cluster, status, entry, tool, run });
    progress("Checking");
    await untilInOrder(await entryAfter(cluster, entry), run, what);
    return await cluster.status();
  } catch (error) {
    if (!lock.lost.aborted) throw error;
    const reason = `it was stopped in its midst, as it lost its lock: ${String(lock.lost.reason)}; see cluster status and cluster fix`;
    throw failed(what, reason);
  }
}

/**
 * The right to change the cluster. Where somebody else has it, rejects with `COMMAND_FAILED`. A repair, which is given `progress`, goes on without it where
 * the cluster cannot say who has it.
 */
async function lockFor(
  cluster: ClusterCare,
  what: string,
  progress: ((text: string) => void) | undefined,
): Promise<ChangeLock> {
  try {
    const lock = await cluster.lock(what);
    if ("lost" in lock) return lock;
    const left = `its lock lapses within ${Math.ceil(lock.leftMs / 1000)} s unless it is renewed`;
    throw failed(what, `${lock.holder} is under way; ${left}`);
  } catch (error) {
    const isUnknown =
      isStorageError(error, "STORAGE_UNAVAILABLE") || isStorageError(error, "STORAGE_UNANSWERED");
    if (!isUnknown) throw error;
    if (progress === undefined) {
      throw failed(what, `its lock cannot be taken: ${error.message}; cluster fix needs none`);
    }
    progress(`Going on without a lock: ${error.message}`);
    return { lost: new AbortController().signal, [Symbol.asyncDispose]: async () => undefined };
  }
}

async function beInOrder(entry: string, run: ToolRun, what: string): Promise<void> {
  const { code } = await runTool(["--cluster", "check", entry], {
    ...run,
    progress: () => undefined,
  });
  if (code === 0) return;
  throw failed(
    what,
    "the cluster is not in order, or slots are on their way: another change runs, or one was interrupted, which cluster fix brings to its end",
  );
}

async function untilInOrder(entry: string, run: ToolRun, what: string): Promise<void> {
  const end = AbortSignal.timeout(AGREEMENT_MS);
  for (;;) {
    const { code, lines } = await runTool(["--cluster", "check", entry], run);
    if (code === 0) return;
    if (end.aborted || run.signal.aborted) {
      throw failed(what, `it is done, but the check at its end failed: ${lines.join("; ")}`);
    }
    await pause(LOOK_MS);
  }
}

/** The one by which it began may be no part of the cluster any more. */
async function entryAfter(cluster: ClusterCare, before: string): Promise<string> {
  const { primaries } = await cluster.status();
  const isThere = primaries.some(({ address }) => address === before);
  return isThere ? before : (primaries.find(({ health }) => health === "ok")?.address ?? before);
}

/** A server by its address or its id. Throws `COMMAND_FAILED` when there is none. */
export function serverIn(
  status: ClusterStatus,
  word: string,
): { readonly id: string; readonly address: string } {
  const servers = [
    ...status.primaries,
    ...status.primaries.flatMap(({ replicas }) => replicas),
    ...status.others,
  ];
  const found = servers.find(({ id, address }) => id === word || address === word);
  if (found === undefined)
    throw failed("change the cluster", `no server of it is ${JSON.stringify(word)}`);
  return found;
}

/** Waits until `isSo` of the cluster's status; rejects with `COMMAND_FAILED` when that takes too long. */
export async function untilStatus(
  { cluster, run }: Change,
  what: string,
  isSo: (status: ClusterStatus) => boolean,
): Promise<void> {
  const end = AbortSignal.timeout(AGREEMENT_MS);
  while (!isSo(await cluster.status())) {
    if (end.aborted || run.signal.aborted)
      throw failed("change the cluster", `waited in vain until ${what}`);
    await pause(LOOK_MS);
  }
}
