import { join } from "node:path";
import { systemTime } from "@kv/application";
import {
  type CallRequest,
  callNode,
  type NodeTarget,
} from "../../libs/application/src/control/operator/call-node.ts";
import { runtimeDirectoryOf, testCookie } from "./node-process.ts";

/**
 * An operator in this process: what `kv` does over a node's control socket, without a process of its own for each
 * command. The node must have logged `system-started`.
 */
export class ControlClient {
  readonly #target: NodeTarget;

  /** @param dataDirectory That of the node, which has the usual name. */
  constructor(dataDirectory: string) {
    const path = join(runtimeDirectoryOf(dataDirectory), "kv", "kv.sock");
    this.#target = { node: "kv", path, cookie: async () => testCookie, time: systemTime };
  }

  /** Runs the node's part of a command; answers with its result, rejects with an `ApplicationError`. */
  call(command: string, request: Partial<CallRequest> = {}): Promise<unknown> {
    return callNode(this.#target, {
      command,
      words: [],
      options: {},
      onItems: async () => {},
      onBytes: () => {},
      onProgress: () => {},
      signal: new AbortController().signal,
      ...request,
    });
  }

  /** What a command prints, besides its result. */
  async items(command: string, request: Partial<CallRequest> = {}): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    const onItems = async (more: readonly unknown[]): Promise<void> => void items.push(...more);
    await this.call(command, { ...request, onItems });
    return items;
  }

  /** What `status` says of the store. */
  async storeFigures(): Promise<StoreFigures> {
    const status = await this.call("status");
    const at = (...path: readonly string[]): unknown =>
      memberAt(status, ["applications", "kv", ...path]);
    return {
      keys: Number(at("keys")),
      segments: Number(at("segments")),
      logBytes: Number(at("logBytes")),
      deadBytes: Number(at("deadBytes")),
      recordsBehindSnapshot: Number(at("snapshot", "recordsBehind")),
      isCompacting: at("compaction", "state") === "running",
    };
  }
}

/** Some of what `status` says of a log store. */
export interface StoreFigures {
  readonly keys: number;
  readonly segments: number;
  readonly logBytes: number;
  readonly deadBytes: number;
  readonly recordsBehindSnapshot: number;
  readonly isCompacting: boolean;
}

/** What lies at the end of `path` in what JSON can hold; `undefined` when there is nothing. */
export function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => {
    if (typeof inner !== "object" || inner === null) return undefined;
    return new Map<string, unknown>(Object.entries(inner)).get(name);
  }, value);
}
