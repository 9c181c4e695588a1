import { isIPv6 } from "node:net";

/** Where a listener is bound. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `address` as a person writes it: `127.0.0.1:4040`, `[::1]:4040`. */
export function formatAddress({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
