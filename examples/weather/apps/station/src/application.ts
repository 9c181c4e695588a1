import type { Application, EnvironmentDeclaration } from "@kv/application";
import * as v from "valibot";
import { readingsCommand } from "./commands/readings.ts";
import { reportCommand } from "./commands/report.ts";
import { Readings } from "./readings.ts";
import type { Station } from "./station.ts";

/** What may be configured for the application `station`. */
export const environment = {
  scale: {
    schema: v.picklist(["celsius", "fahrenheit"], `expected "celsius" or "fahrenheit"`),
    default: "celsius",
    doc: "What degrees are. All stations of a release have the same one: it is fixed when that is built.",
    compileTime: true,
  },
  placeLimit: {
    schema: v.pipe(v.number(), v.integer(), v.minValue(1, "expected a whole number from 1 on")),
    default: 1000,
    doc: "Places that may report.",
  },
} satisfies EnvironmentDeclaration;

/** Keeps the latest reading of each place. What it keeps is gone when it stops. */
export const station: Application<typeof environment, Station> = {
  name: "station",
  description: "Keeps the latest reading of each place.",
  dependencies: [],
  environment,
  commands: [reportCommand, readingsCommand],
  start: async ({ environment: values }) => {
    const readings = new Readings();
    return {
      api: {
        get scale() {
          return values.scale;
        },
        report: (reading) => readings.report(reading, values.placeLimit),
        readings: () => readings.all(),
      },
      status: () => ({ scale: values.scale, places: readings.places }),
      // It has nothing that could end by itself.
      finished: Promise.withResolvers<void>().promise,
      [Symbol.asyncDispose]: async () => {},
    };
  },
};
