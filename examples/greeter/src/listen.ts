import { once } from "node:events";
import type { Server } from "node:net";

/** A port that cannot be had: something a person can mend, so it is shown without a stack. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly kind = "operating-failure";
}

/** Binds `server` to `port` on this machine, and tells which that is when `port` is 0. Throws a `ListenError`. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ListenError(`Cannot listen on port ${port}: ${reason}`, { cause: error });
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it has a TCP address");
  return address.port;
}
