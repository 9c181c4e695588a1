export type { Place } from "./test-durable-store.ts";
export { testDurableStore } from "./test-durable-store.ts";
export type { OpenStore } from "./test-store.ts";
export { testStore } from "./test-store.ts";
export { anyStep, type Step, type StepField, type Wish } from "./step.ts";
