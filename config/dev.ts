// What config.ts says for development: `npm start`.

import type { BuildConfig } from "./config-file.ts";

export const config: BuildConfig = () => ({
  logger: { level: "info" },
});
