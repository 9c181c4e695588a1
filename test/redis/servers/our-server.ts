import { kvServer } from "@kv/kv-server";
import { startLocalNode } from "../../harness/local-node.ts";

/** A node of ours in this process, with both doors open. */
export interface OurServer extends AsyncDisposable {
  /** Where it speaks RESP. */
  readonly port: number;
  /** Where it speaks the line protocol. */
  readonly linePort: number;
}

/** Starts a node that stores every bucket; `values` are kv-server's configuration beyond its ports. */
export async function startOurServer(
  values: Readonly<Record<string, unknown>> = {},
): Promise<OurServer> {
  const node = await startLocalNode({ "kv-server": { respPort: 0, ...values } });
  const { address, respAddress } = node.system.api(kvServer);
  if (respAddress === undefined) throw new Error("The node speaks no RESP");
  return {
    port: respAddress.port,
    linePort: address.port,
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}
