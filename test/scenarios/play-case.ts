import { showBytes } from "../harness/byte-text.ts";
import { LineClient } from "../harness/line-client.ts";
import type { Case, Step } from "./scenario.ts";

/** The node a scenario talks to. */
export interface Stage {
  /** The port now; another one after a restart. */
  readonly port: number;
  /** Stops the node in order and starts it again on the same data. */
  restart(): Promise<void>;
  /** The same by kill -9. */
  kill(): Promise<void>;
}

/** A conversation went otherwise than the file says. The message names file and line, expected and got. */
export class ScenarioFailure extends Error {
  override readonly name = "ScenarioFailure";
}

/**
 * Holds one conversation. At its end every connection that is still open is half-closed, and must then be closed by
 * the node without one byte that the file does not name.
 */
export async function playCase(stage: Stage, file: string, scene: Case): Promise<void> {
  await using conversation = new Conversation(stage, file);
  for (const step of scene.steps) await conversation.take(step);
  await conversation.finish(scene.steps.at(-1)?.line ?? scene.line);
}

class Conversation implements AsyncDisposable {
  readonly #stage: Stage;
  readonly #file: string;
  readonly #clients = new Map<string, LineClient>();
  #witness: LineClient | undefined;
  #sent = "nothing";

  constructor(stage: Stage, file: string) {
    this.#stage = stage;
    this.#file = file;
  }

  async take(step: Step): Promise<void> {
    switch (step.type) {
      case "send":
        return this.#send(await this.#client(step.connection), step.pieces);
      case "expect":
        return this.#expect(await this.#client(step.connection), step.reply, step.line);
      case "end":
        return (await this.#client(step.connection)).end();
      case "reset":
        return (await this.#client(step.connection)).reset();
      case "connect":
        return void (await this.#client(step.connection));
      case "open":
        return this.#expectOpen(await this.#client(step.connection), step.line);
      case "closed":
        return this.#expectClosed(await this.#client(step.connection), step.line);
      case "restart":
      case "kill":
        await this.#leaveNode(step.line, step.type);
    }
  }

  /** Half-closes what is still open; nothing more may come. */
  async finish(line: number): Promise<void> {
    for (const client of this.#clients.values()) {
      if (client.ended === undefined) client.end();
      await this.#expectClosed(client, line);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const clients = [...this.#clients.values()];
    if (this.#witness !== undefined) clients.push(this.#witness);
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    this.#clients.clear();
    this.#witness = undefined;
  }

  async #client(name: string): Promise<LineClient> {
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    const client = await LineClient.connect(this.#stage.port);
    this.#clients.set(name, client);
    return client;
  }

  async #send(client: LineClient, pieces: readonly Buffer[]): Promise<void> {
    this.#sent = showBytes(Buffer.concat(pieces));
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await this.#settle();
      client.send(piece);
    }
    if (!pieces.at(-1)?.includes(0x0a)) await this.#settle();
  }

  /**
   * Waits until the node has read all that was sent: it answers twice on another connection, and when it answers the
   * second time it has been through a whole turn of its event loop since the first.
   */
  async #settle(): Promise<void> {
    this.#witness ??= await LineClient.connect(this.#stage.port);
    await this.#witness.ask("SETTLED?");
    await this.#witness.ask("SETTLED?");
  }

  async #expect(client: LineClient, expected: Buffer, line: number): Promise<void> {
    const got = await client.readRaw().catch((error: Error) => error);
    if (got instanceof Error) this.#fail(line, { expected: showBytes(expected), got: got.message });
    if (got === undefined) {
      this.#fail(line, { expected: showBytes(expected), got: "the end of the connection" });
    }
    if (!got.equals(expected)) {
      this.#fail(line, { expected: showBytes(expected), got: showBytes(got) });
    }
  }

  async #expectOpen(client: LineClient, line: number): Promise<void> {
    await this.#settle();
    const expected = "an open connection with nothing unread";
    if (client.ended !== undefined)
      this.#fail(line, { expected, got: "the end of the connection" });
    if (client.rest.length > 0) this.#fail(line, { expected, got: showBytes(client.rest) });
  }

  async #expectClosed(client: LineClient, line: number): Promise<void> {
    const expected = "the end of the connection, with nothing unread";
    await client
      .ending()
      .catch((error: Error) => this.#fail(line, { expected, got: error.message }));
    if (client.rest.length > 0) this.#fail(line, { expected, got: showBytes(client.rest) });
  }

  async #leaveNode(line: number, how: "restart" | "kill"): Promise<void> {
    await this.#settle();
    await this.#stage[how]();
    for (const client of this.#clients.values()) await this.#expectClosed(client, line);
    await this[Symbol.asyncDispose]();
  }

  #fail(line: number, { expected, got }: { expected: string; got: string }): never {
    throw new ScenarioFailure(
      `${this.#file}:${line}\n  after     ${this.#sent}\n  expected  ${expected}\n  got       ${got}`,
    );
  }
}
