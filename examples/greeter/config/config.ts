// Read when a release is built, and in development at every start.

import type { BuildConfig } from "./config-file.ts";

export const config: BuildConfig = () => ({ greeter: { language: "de" } });
