import { createClient } from "@redis/client";
import type { Login } from "../load/protocols.ts";

/** A client for what is not measured: filling, and asking a server how it is. */
export interface RespClient extends Disposable {
  /** Sends a command and resolves with its reply; rejects with an error reply. Commands may be under way together. */
  ask(...words: (string | Buffer)[]): Promise<unknown>;
}

/** A server that does not listen yet is tried again so often, for ten seconds in all. */
const RETRY_MS = 20;
const MOST_RETRIES = 500;

/** Connects to a server that listens on `port` of this machine, or is about to; resolves when it answers PING. */
export async function openRespClient(port: number, login?: Login): Promise<RespClient> {
  const client = createClient({
    socket: {
      host: "127.0.0.1",
      port,
      reconnectStrategy: (retries) => (retries < MOST_RETRIES ? RETRY_MS : false),
    },
    ...(login === undefined ? {} : { username: login.name, password: login.password }),
    RESP: 2,
    disableClientInfo: true,
  });
  // Each failed attempt is an event; the last one fails connect(), and a lost connection fails what is under way.
  client.on("error", () => undefined);
  await client.connect();
  const ask = (...words: (string | Buffer)[]): Promise<unknown> => client.sendCommand(words);
  if ((await ask("PING")) !== "PONG") throw new Error("The server does not answer PING with PONG");
  return { ask, [Symbol.dispose]: () => client.destroy() };
}
