import { BlockList, isIP, isIPv6 } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether `host` is this very machine, whatever it is called: no other one can reach, or be reached by, what is there. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host === "localhost";
  return loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4");
}
