// What config.ts says for development: `npm start`.

import type { ConfigFile } from "./config-file.ts";

export const config: ConfigFile = () => ({
  logger: { level: "info" },
});
