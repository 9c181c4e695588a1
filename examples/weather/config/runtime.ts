// Read at every start, in a release too: the only place where the variables of the operating system are read.

import type { RuntimeConfig } from "./config-file.ts";

export const config: RuntimeConfig = ({ env }) => ({
  control: { directory: env.string("XDG_RUNTIME_DIR"), cookie: env.string("RELEASE_COOKIE") },
  station: { placeLimit: env.integer("PLACE_LIMIT", { min: 1 }) },
  "station-http": { port: env.integer("PORT", { min: 0, max: 65_535 }) },
});
