import { unixTimeMs } from "@kv/application";
import type { NodeName } from "@kv/cluster";
import { type AskNode, reasonOf, seeAll } from "./participants.ts";
import type { WrittenQuestion } from "./routing-question.ts";

/** Whether clients may write to what a node stores. */
export interface FenceStatus {
  readonly node: NodeName;
  /** Since when they may not, as in `2026-11-23T10:15:00.000Z`; absent when they may. */
  readonly fencedSince?: string | undefined;
  /** Whether there is nothing to fence. */
  readonly storesNothing?: boolean | undefined;
  /** Why the node could not be asked, or has not done what it was asked for. */
  readonly problem?: string | undefined;
}

/** Who looks after fences. */
export interface FencesOptions {
  readonly self: NodeName;
  readonly ask: AskNode;
}

/**
 * The fences of all nodes that this one knows of: those of the routing tables, and those that any of them is linked with. What can be
 * done is done: a node that could not be asked, or that refuses, has a `problem`, and the others stay as they were told.
 */
export class Fences {
  readonly #self: NodeName;
  readonly #ask: AskNode;

  constructor({ self, ask }: FencesOptions) {
    this.#self = self;
    this.#ask = ask;
  }

  /** Where there is no problem no write is taken when this resolves, and every one that was acknowledged is durable. */
  async putUp(): Promise<readonly FenceStatus[]> {
    return await this.#everywhere({ type: "fence", sinceMs: unixTimeMs() });
  }

  async takeDown(): Promise<readonly FenceStatus[]> {
    return await this.#everywhere({ type: "unfence" });
  }

  /** This node's first. */
  async status(): Promise<readonly FenceStatus[]> {
    const seen = await seeAll(this.#ask, [this.#self]);
    return Array.from(seen, ([node, what]): FenceStatus => {
      if (what.type === "silent") return { node, problem: what.reason };
      const { fencedSinceMs, storesNothing } = what.state;
      if (storesNothing === true) return { node, storesNothing };
      if (fencedSinceMs === undefined) return { node };
      return { node, fencedSince: new Date(fencedSinceMs).toISOString() };
    });
  }

  async #everywhere(question: WrittenQuestion): Promise<readonly FenceStatus[]> {
    const known = await this.status();
    const problems = new Map<NodeName, string>();
    await Promise.all(
      known.map(async ({ node, problem = "", storesNothing }) => {
        if (storesNothing === true) return;
        const reason = problem === "" ? await this.#tell(node, question) : problem;
        if (reason !== undefined) problems.set(node, reason);
      }),
    );
    const now = await this.status();
    return now.map((status) => {
      const problem = problems.get(status.node) ?? status.problem;
      return problem === undefined ? status : Object.assign({}, status, { problem });
    });
  }

  /** The reason why `node` has not done it. */
  async #tell(node: NodeName, question: WrittenQuestion): Promise<string | undefined> {
    try {
      const answer = await this.#ask(node, question);
      if (answer.type === "done") return undefined;
      return answer.type === "refused" ? answer.reason : "it did not understand";
    } catch (error) {
      return reasonOf(error);
    }
  }
}
