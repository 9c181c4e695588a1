import { type HostNetwork, runHere } from "./host-network.ts";

const TABLE = "inet faults";

/**
 * Has hosts lose what arrives from an address: all of it, or some at random. What is lost is lost on arrival, so the sender
 * sees nothing of it, as with a broken cable.
 */
export class PacketFilter {
  readonly #network: HostNetwork;
  /** For each host how many percent of what comes from each address are lost. */
  readonly #lost = new Map<string, Map<string, number>>();

  constructor(network: HostNetwork) {
    this.#network = network;
  }

  /** From now on `host` loses so many percent of the packets from `address`; 0 is none, 100 all. */
  lose(host: string, address: string, percent: number): void {
    const rules = this.#rulesOf(host);
    rules.set(address, percent);
    const lines = [...rules]
      .filter(([, share]) => share > 0)
      .map(([from, share]) => {
        const some = share === 100 ? "" : ` numgen random mod 100 < ${share}`;
        return `add rule ${TABLE} arriving ip saddr ${from}${some} counter name lost drop`;
      });
    this.#nft(host, [`flush chain ${TABLE} arriving`, ...lines]);
  }

  /** How many packets the host has lost so far. */
  lostAt(host: string): number {
    this.#rulesOf(host);
    const counter = this.#nft(host, [`list counter ${TABLE} lost`]);
    return Number(/packets (?<packets>\d+)/u.exec(counter)?.groups?.["packets"]);
  }

  #rulesOf(host: string): Map<string, number> {
    const known = this.#lost.get(host);
    if (known !== undefined) return known;
    this.#nft(host, [
      `add table ${TABLE}`,
      `add counter ${TABLE} lost`,
      `add chain ${TABLE} arriving { type filter hook input priority 0; }`,
    ]);
    const rules = new Map<string, number>();
    this.#lost.set(host, rules);
    return rules;
  }

  #nft(host: string, lines: readonly string[]): string {
    return runHere([...this.#network.launcherOf(host), "nft", "-f", "-"], `${lines.join("\n")}\n`);
  }
}
