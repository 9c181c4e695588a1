export { station } from "./application.ts";
export type { Reading } from "./readings.ts";
export type { Station } from "./station.ts";
