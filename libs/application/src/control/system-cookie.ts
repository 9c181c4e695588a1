import type { LiveSystem } from "../system/live-system.ts";
import { controlEnvironment, cookieOfNode } from "./environment.ts";

/**
 * What this node's operators have to know, and the other nodes of its cluster: `control.cookie`, or what is in
 * `control.cookieFile`, which is made where there is none. `control` need not run yet, and must be one of the system's
 * applications: a node that took another cookie than its operators would be found out late. Throws `CONTROL_COOKIE`.
 */
export async function cookieOfSystem(
  system: Pick<LiveSystem, "fetchEnv" | "getEnv">,
): Promise<string> {
  const cookie = system.fetchEnv("control", "cookie");
  if (cookie.type === "missing") throw new Error("control, which has the cookie, is not here");
  const file = system.getEnv("control", "cookieFile");
  return cookieOfNode(
    {
      cookie: typeof cookie.value === "string" ? cookie.value : undefined,
      cookieFile: typeof file === "string" ? file : controlEnvironment.cookieFile.default,
    },
    { uid: process.getuid?.() },
  );
}
