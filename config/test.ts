// What config.ts says for the tests.

import type { BuildConfig } from "./config-file.ts";

export const config: BuildConfig = () => ({
  logger: { level: "info" },
});
