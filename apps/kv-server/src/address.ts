import { BlockList, isIP, isIPv6 } from "node:net";

/** Where a listener is bound. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether only this machine can reach a listener bound to `host`. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host === "localhost";
  return loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}

/** `address` as a person writes it: `127.0.0.1:4040`, `[::1]:4040`. */
export function formatAddress({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
