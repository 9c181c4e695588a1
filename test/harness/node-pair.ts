import { LineClient } from "./line-client.ts";
import { type HomeNodeOptions, type NodeHome, openNodeHome } from "./node-home.ts";
import type { NodeProcess } from "./node-process.ts";
import type { Setting } from "./write-config.ts";

/** What makes a pair special. */
export interface PairOptions {
  readonly foo?: HomeNodeOptions;
  readonly bar?: HomeNodeOptions;
}

/** So long that a test which sees an answer knows that it did not have to wait for its time to be over. */
export const longCalls: Setting = {
  application: "kv",
  path: ["callTimeoutMs"],
  value: 600_000,
};

/** The nodes of `npm run foo` and `npm run bar`, and a client of foo. */
export class NodePair implements AsyncDisposable {
  readonly home: NodeHome;
  readonly foo: NodeProcess & { readonly port: number };
  readonly client: LineClient;
  readonly #barOptions: HomeNodeOptions;
  #bar: NodeProcess;

  private constructor(
    home: NodeHome,
    nodes: { foo: NodePair["foo"]; bar: NodeProcess; barOptions: HomeNodeOptions },
    client: LineClient,
  ) {
    this.home = home;
    this.foo = nodes.foo;
    this.#bar = nodes.bar;
    this.#barOptions = nodes.barOptions;
    this.client = client;
  }

  /** Starts both, bar first, and waits until they run. */
  static async start({ foo = {}, bar: barOptions = {} }: PairOptions = {}): Promise<NodePair> {
    const home = await openNodeHome();
    try {
      const bar = await startBar(home, barOptions);
      const front = await home.start({ words: ["--name", "foo"], ...foo });
      const client = await LineClient.connect(front.port);
      return new NodePair(home, { foo: front, bar, barOptions }, client);
    } catch (error) {
      await home[Symbol.asyncDispose]();
      throw error;
    }
  }

  get bar(): NodeProcess {
    return this.#bar;
  }

  /** Starts bar again, which has ended. */
  async startBar(): Promise<void> {
    this.#bar = await startBar(this.home, this.#barOptions);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.home[Symbol.asyncDispose]();
  }
}

async function startBar(home: NodeHome, options: HomeNodeOptions): Promise<NodeProcess> {
  const bar = await home.spawn({ words: ["--name", "bar", "--store-only"], ...options });
  await bar.logged(/Started logger, kv, control/u);
  return bar;
}
