import { nonEmpty, optional, pipe, string } from "valibot";
import type { EnvironmentDeclaration, EnvironmentValues } from "../environment.ts";
import { expandHome, obtainCookie, readCookie } from "./cookie.ts";
import { defaultDirectory, type Identity } from "./socket-place.ts";

/** What may be configured for the application `control`. */
export const controlEnvironment = {
  directory: {
    schema: optional(pipe(string(), nonEmpty("expected the path of a folder"))),
    default: undefined,
    doc: "Folder of the nodes' control sockets. It must be its user's alone, mode 0700, and is made so. `/tmp/kv-UID` when nothing is said; the shipped `runtime.ts` says `$XDG_RUNTIME_DIR/kv` where there is one.",
    startOnly: true,
  },
  cookie: {
    schema: optional(pipe(string(), nonEmpty("expected some text"))),
    default: undefined,
    doc: "What a node and its operators have to know to talk to each other, and all nodes of a cluster: who knows it can do with them what he likes. The one in `cookieFile` when nothing is said; the shipped `runtime.ts` says `RELEASE_COOKIE`.",
    secret: true,
    startOnly: true,
  },
  cookieFile: {
    schema: pipe(string(), nonEmpty("expected the path of a file")),
    default: "~/.kv.cookie",
    doc: "File that holds the cookie when `cookie` says nothing. A node makes it, mode 0600, when it is not there; one that others can read is refused.",
    startOnly: true,
  },
  prompt: {
    schema: string(),
    default: "%node(%n)> ",
    doc: "What a shell on the node shows before each line: `%node` is the node's name, `%n` the number of the line.",
  },
} satisfies EnvironmentDeclaration;

/** The environment as it is read. */
export type ControlEnvironment = EnvironmentValues<typeof controlEnvironment>;

/** The folder that holds the control sockets. */
export function directoryIn({ directory }: ControlEnvironment, identity: Identity): string {
  return directory ?? defaultDirectory(identity);
}

/** A node's cookie, for operators and for other nodes: made when there is none. Throws `CONTROL_COOKIE`. */
export async function cookieOfNode(
  { cookie, cookieFile }: Pick<ControlEnvironment, "cookie" | "cookieFile">,
  identity: Identity,
): Promise<string> {
  return cookie ?? (await obtainCookie(expandHome(cookieFile), identity));
}

/** An operator's cookie: `undefined` when there is none. Throws `CONTROL_COOKIE`. */
export async function cookieOfOperator(
  { cookie, cookieFile }: ControlEnvironment,
  identity: Identity,
): Promise<string | undefined> {
  return cookie ?? (await readCookie(expandHome(cookieFile), identity));
}
