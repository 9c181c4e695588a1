// Read when a release is built, and in development at every start. What is only known on the machine that
// the node runs on (ports, folders, names, secrets) belongs into runtime.ts, which has the last word.

import type { BuildConfig } from "./config-file.ts";
import { config as dev } from "./dev.ts";
import { config as prod } from "./prod.ts";
import { config as test } from "./test.ts";

const configs = new Map(Object.entries({ dev, prod, test }));

export const config: BuildConfig = (context) => {
  const chosen = configs.get(context.configEnv);
  if (chosen !== undefined) return chosen(context);
  const known = [...configs.keys()].join(", ");
  throw new Error(`there is no environment "${context.configEnv}"; KV_ENV is one of ${known}`);
};
