import type { Server } from "node:net";
import { type Address, formatAddress } from "./address.ts";
import type { DoorPlan } from "./door.ts";
import { ServerError } from "./errors.ts";

/** Connections that may wait to be accepted; the operating system has a limit of its own too. */
const backlog = 1024;

/** Binds `server` to a door's port on `host`, and tells where that is; rejects with a `ServerError`. */
export async function bind(server: Server, host: string, door: DoorPlan): Promise<Address> {
  const { port } = door;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("listening", resolve).once("error", reject);
  server.listen({ host, port, backlog });
  try {
    await promise;
  } catch (error) {
    throw bindFailure(error, host, door);
  } finally {
    server.off("error", reject);
  }
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("a TCP server has an address");
  return { host, port: bound.port };
}

/** The failure in our words; what the operating system has no code for is a bug. */
function bindFailure(error: unknown, host: string, { name, port }: DoorPlan): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const address = formatAddress({ host, port });
  const options = { cause: error };
  switch (error.code) {
    case "EADDRINUSE":
      return new ServerError("SERVER_PORT_IN_USE", { address, door: name }, options);
    case "EACCES":
      return new ServerError("SERVER_PORT_FORBIDDEN", { address, door: name }, options);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ServerError("SERVER_HOST_UNKNOWN", { address }, options);
    default:
      return new ServerError("SERVER_LISTEN_FAILED", { address, reason: error.message }, options);
  }
}
