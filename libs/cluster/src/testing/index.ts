export { type Chance, seededChance } from "./chance.ts";
export { SimulatedProcess } from "./simulated-process.ts";
export { SimulatedStream } from "./simulated-stream.ts";
export { type SimulatedWeather, SimulatedWorld } from "./simulated-world.ts";
