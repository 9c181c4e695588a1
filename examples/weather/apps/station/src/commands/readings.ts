import type { NodeCommand } from "@kv/application";
import type { Reading } from "../readings.ts";
import type { Station } from "../station.ts";

/** `readings`: what each place has reported last. */
export const readingsCommand: NodeCommand<Station, readonly Reading[], never> = {
  name: "readings",
  summary: "Prints the latest reading of each place",
  where: "node",
  run: ({ api }) => api.readings(),
  format: (readings) => readings.map(({ place, degrees }) => `${place} ${degrees}`).join("\n"),
};
