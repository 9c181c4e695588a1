// Read when a release is built, and in development at every start.

import type { BuildConfig } from "./config-file.ts";

export const config: BuildConfig = ({ configEnv }) => ({
  logger: { level: configEnv === "prod" ? "info" : "debug" },
  station: { scale: "celsius" },
});
