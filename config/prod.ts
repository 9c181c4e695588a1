// What config.ts says for releases.

import type { ConfigFile } from "./config-file.ts";

export const config: ConfigFile = () => ({
  logger: { level: "info" },
});
