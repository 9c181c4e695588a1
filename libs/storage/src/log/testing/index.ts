export { SimulatedDisk } from "./simulated-disk.ts";
export type { Draw } from "./simulated-file.ts";
