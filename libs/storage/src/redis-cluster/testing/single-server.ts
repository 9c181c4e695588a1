import { createClient, RESP_TYPES } from "@redis/client";
import { KeyLines } from "./key-lines.ts";
import type { Cluster, Parameter, Reply, Script, SlotView, Written } from "../cluster/cluster.ts";

/** The id of the one primary there is. */
const PRIMARY = "0".repeat(40);

/** What a test may do beside. */
export interface SingleServer extends Cluster {
  /** Removes everything. */
  flush(): Promise<void>;
  /** Any command. */
  send(words: readonly Parameter[]): Promise<Reply>;
}

/** A `Cluster` that is one server in cluster mode with all slots, or none in that mode: nothing is waited for, and nothing fails over. */
export async function openSingleServer(port: number): Promise<SingleServer> {
  const client = createClient({ socket: { host: "127.0.0.1", port } }).withTypeMapping({
    [RESP_TYPES.BLOB_STRING]: Buffer,
    [RESP_TYPES.VERBATIM_STRING]: Buffer,
  });
  // Whoever calls hears of it.
  client.on("error", () => {});
  await client.connect();
  const send = async (words: readonly Parameter[]): Promise<Reply> => {
    const reply: unknown = await client.sendCommand(words.map(toArgument));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- that is how the client was told to show replies
    return reply as Reply;
  };
  const lines = new KeyLines();
  const run = async (
    { source, digest }: Script,
    key: Uint8Array,
    parameters: readonly Parameter[],
  ): Promise<Reply> => {
    try {
      return await send(["EVALSHA", digest, "1", key, ...parameters]);
    } catch (error) {
      if (!String(error).includes("NOSCRIPT")) throw error;
      return await send(["EVAL", source, "1", key, ...parameters]);
    }
  };
  return {
    write: async (key, script, { parameters }): Promise<Written> => ({
      reply: await lines.add(key, () => run(script, key, parameters)),
      isRepeated: false,
    }),
    read: (key, command) => lines.add(key, () => send(command)),
    readScript: (key, script, parameters) => lines.add(key, () => run(script, key, parameters)),
    primaries: async () => [PRIMARY],
    slots: async (): Promise<SlotView> => ({
      owners: Array.from({ length: 16_384 }, () => PRIMARY),
      moving: new Set(),
    }),
    readFrom: (_primary, command) => send(command),
    send,
    flush: async () => void (await send(["FLUSHALL"])),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
    },
  };
}

function toArgument(word: Parameter): string | Buffer {
  return typeof word === "string"
    ? word
    : Buffer.from(word.buffer, word.byteOffset, word.byteLength);
}
