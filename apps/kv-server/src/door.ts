import type { ServerEnvironment } from "./environment.ts";

/** The doors of a node, by the protocol that is spoken there. */
export type DoorName = "line" | "resp";

/** A door as it is to be opened. */
export interface DoorPlan {
  readonly name: DoorName;
  /** 0 for whichever is free. */
  readonly port: number;
}

/** How each door is spoken of: in log lines, and by the variable of its port. */
export const DOOR_WORDS = {
  // The guide's words, without a protocol.
  line: { connections: "connections", variable: "PORT" },
  resp: { connections: "RESP connections", variable: "RESP_PORT" },
} as const satisfies Record<DoorName, { readonly connections: string; readonly variable: string }>;

/** The doors that `environment` asks for, in the order in which they are opened. */
export function plannedDoors({ port, respPort }: ServerEnvironment): readonly DoorPlan[] {
  const line: DoorPlan = { name: "line", port };
  if (respPort === "off") return [line];
  return [line, { name: "resp", port: respPort === "next" ? nextPort(port) : respPort }];
}

/** With no port of its own in particular, the next door takes none in particular either. */
function nextPort(port: number): number {
  return port === 0 ? 0 : port + 1;
}
