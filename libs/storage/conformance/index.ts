export type { OpenStore } from "./open-store.ts";
export { anyStep, type Step, type StepField, type Wish } from "./step.ts";
export { type Place, testDurableStore } from "./test-durable-store.ts";
export { testStore } from "./test-store.ts";
