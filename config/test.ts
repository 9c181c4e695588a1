// What config.ts says for the tests.

import type { BuildConfig } from "./config-file.ts";

export const config: BuildConfig = () => ({
  logger: { level: "info" },
  // The door for Redis' clients. A release opens it only where runtime.ts or RESP_PORT says so.
  "kv-server": { respPort: "next" },
});
