import { ApplicationError, type NodeCommand } from "@kv/application";
import type { Station } from "../station.ts";

/** `report`: takes a reading from whoever stands before the thermometer. */
export const reportCommand: NodeCommand<Station, "OK", never> = {
  name: "report",
  summary: "Reports a reading",
  description: "Behind -- the degrees may be below zero: report oslo -- -3.5",
  arguments: [
    { name: "place", description: "where it was read" },
    { name: "degrees", description: "a number, in the scale that the station is built for" },
  ],
  where: "node",
  level: "info",
  run: ({ api, words }) => {
    const place = words.text("place");
    const degrees = typedDegrees(words.text("degrees"));
    if (api.report({ place, degrees })) return "OK";
    const reason = "no more places may report (station.placeLimit)";
    throw new ApplicationError("COMMAND_FAILED", { action: `report "${place}"`, reason });
  },
  format: (result) => result,
};

function typedDegrees(text: string): number {
  const degrees = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(degrees)) return degrees;
  const reason = `degrees are a number, not "${text}"`;
  throw new ApplicationError("COMMAND_USAGE", { command: "report", reason });
}
