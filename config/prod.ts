// What config.ts says for releases.

import type { BuildConfig } from "./config-file.ts";

export const config: BuildConfig = () => ({
  logger: { level: "info" },
});
