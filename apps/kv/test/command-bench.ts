import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ApplicationError,
  type LiveSystem,
  type NodeCall,
  type NodeCommand,
  type NodeContext,
} from "@kv/application";
import { isolatedCluster, parseNodeName } from "@kv/cluster";
import { MemoryStore, type Store } from "@kv/storage";
import type { NodeKv } from "../src/kv.ts";
import { Crowd } from "../src/crowd.ts";
import { createNodeMoves } from "../src/moves/node-moves.ts";
import { stillHome } from "../src/moves/testing/still-home.ts";
import { createNodeKv } from "../src/node-kv.ts";
import type { ListedPlacement } from "../src/own-lister.ts";
import { createRouter } from "../src/router.ts";
import type { RoutingTable } from "../src/routing-table.ts";

const table = (): RoutingTable => [{ from: 0, to: 255, node: "self" }];

/** A node's store that tests run commands on. */
export class CommandBench {
  readonly kv: NodeKv;
  /** May be replaced by what a test wants the node to have. */
  store: Store;
  /** What a store is told when it is opened: another text after a restart. */
  opening = "first";
  nowMs = 1_000_000;

  /** With `placement`, what the node does not serve of its store is not shown. */
  constructor(name = "toy", placement?: ListedPlacement) {
    const self = parseNodeName(name, "here");
    if (self === undefined) throw new Error(`${name} is no node`);
    this.store = new MemoryStore({ clock: () => this.nowMs });
    const reader = { self, host: "here" };
    const store = () => this.store;
    const remote = { caller: isolatedCluster(self), clock: () => 0, timeoutMs: () => 5000 };
    const router = createRouter({ reader, table, store, remote });
    const child = {
      current: () => this.store,
      opening: () => this.opening,
    };
    const home = stillHome(table);
    const { coordinator: routing } = createNodeMoves({
      reader,
      home,
      arrivals: home,
      store,
      ways: remote,
      linked: () => [],
      problemOf: () => undefined,
      pauseLimitMs: () => 1000,
    });
    const opened = {
      crowd: new Crowd(),
      get current() {
        return child.current();
      },
      get opening() {
        return child.opening();
      },
      isWanted: true,
      sync: undefined,
    };
    this.kv = createNodeKv(router, opened, { care: { routing }, placement });
  }

  /** Runs a command as an operator types it; what is printed is gathered. */
  async run<Result, Item>(
    command: NodeCommand<NodeKv, Result, Item>,
    typed: TypedCommand = {},
  ): Promise<CommandRun<Result, Item>> {
    const items: Item[] = [];
    const written: Uint8Array[] = [];
    const invocation = invocationOf(command, typed);
    const call = async (request: NodeCall = {}): Promise<unknown> => {
      const print = async (item: unknown): Promise<void> => {
        if (request.onItem !== undefined) await request.onItem(wired(item));
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the command prints nothing else
        else items.push(wired(item) as Item);
      };
      const send = async (bytes: Uint8Array): Promise<void> => {
        const piece = typed.cut?.(bytes) ?? bytes;
        await (request.onBytes ?? ((sent) => void written.push(sent)))(piece);
        if (piece !== bytes) throw lost;
      };
      const context: NodeContext<NodeKv> = {
        ...invocation,
        api: this.kv,
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no command of kv's asks for it
        system: {} as LiveSystem,
        node: { name: "toy", version: "1", pid: 1, uptimeMs: 1 },
        parameters: wired(request.parameters),
        input: request.input ?? noInput(),
        print: async (item) => {
          await print(item);
          if (typed.isLostAfter?.(item) === true) throw lost;
        },
        send,
        progress: () => {},
        signal: new AbortController().signal,
      };
      return wired(await command.run(context));
    };
    const beside = {
      ...invocation,
      call,
      print: async () => {},
      progress: () => {},
      signal: new AbortController().signal,
      streams: {
        input: typed.input ?? noInput(),
        write: async (bytes: Uint8Array) => void written.push(bytes),
        writeError: async () => {},
      },
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what came over the wire is what was sent
    const result = (await (command.beside?.(beside) ?? call())) as Result;
    return { result, items, written: Buffer.concat(written) };
  }
}

/** What was typed, and what goes wrong on the way. */
export interface TypedCommand {
  readonly words?: readonly string[];
  readonly options?: Readonly<Record<string, boolean | string | number>>;
  readonly input?: AsyncIterable<Uint8Array>;
  /** What arrives of the bytes that the node sends; fewer than all is the end of the connection. */
  readonly cut?: (bytes: Uint8Array) => Uint8Array;
  /** Whether the connection ends behind an item that the node printed. */
  readonly isLostAfter?: (item: unknown) => boolean;
}

/** What came of a command. */
export interface CommandRun<Result, Item> {
  readonly result: Result;
  readonly items: readonly Item[];
  /** What went to standard output. */
  readonly written: Buffer;
}

const lost = new ApplicationError("CONTROL_LOST", { node: "toy", command: "a test's" });

async function* noInput(): AsyncGenerator<Uint8Array> {}

/** As JSON makes it on the way. */
function wired(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function invocationOf(
  { arguments: declared = [] }: Pick<NodeCommand<NodeKv, unknown, unknown>, "arguments">,
  { words = [], options = {} }: TypedCommand,
): Pick<NodeContext<NodeKv>, "words" | "options"> {
  const optional = (name: string): string | undefined =>
    words[declared.findIndex((each) => each.name === name)];
  return {
    words: { optional, text: (name) => optional(name) ?? "", list: () => [] },
    options: {
      flag: (name) => options[name] === true,
      text: (name) => (options[name] === undefined ? undefined : String(options[name])),
      integer: (name) => (options[name] === undefined ? undefined : Number(options[name])),
    },
  };
}

/** A folder of a test, removed at its end. */
export async function openFolder(): Promise<
  AsyncDisposable & { readonly file: (name: string) => string }
> {
  const path = await mkdtemp(join(tmpdir(), "kv-transfer-"));
  return {
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}
