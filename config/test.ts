// What config.ts says for the tests.

import type { ConfigFile } from "./config-file.ts";

export const config: ConfigFile = () => ({
  logger: { level: "info" },
});
