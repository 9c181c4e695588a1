import type { AnyApplication } from "../application.ts";
import type { NodeFacts } from "../control/declaration/context.ts";
import type { LiveSystem } from "../system/live-system.ts";
import { helpOn } from "./shell-help.ts";
import type { ShellEntries, ShellEntry } from "./shell-entry.ts";

/** Where code is evaluated, and for whom. */
export interface ShellPlace {
  readonly system: LiveSystem;
  /** Those whose APIs are in reach where they run. */
  readonly applications: readonly AnyApplication[];
  readonly node: NodeFacts;
  /** What `help` prints goes there. */
  readonly print: (text: string) => void;
}

/** The names that are in reach of operators' code: those of all nodes, those that the applications bring, and `further`. */
export function shellScope(
  place: ShellPlace,
  further: ShellEntries = {},
): Readonly<Record<string, unknown>> {
  const entries: Record<string, ShellEntry> = {
    ...commonEntries(place),
    ...Object.assign({}, ...place.applications.map((application) => entriesOf(application, place))),
    ...further,
  };
  const help = (name?: string): void => place.print(`${helpOn(entries, name)}\n`);
  entries["help"] = { value: help, doc: 'Lists what there is; help("kv") tells more of one.' };
  return Object.fromEntries(Object.entries(entries).map(([name, { value }]) => [name, value]));
}

function commonEntries({ system, applications, node }: ShellPlace): ShellEntries {
  const app = (name: string): unknown => {
    const found = applications.find((application) => application.name === name);
    if (found !== undefined) return system.api(found);
    throw new Error(`there is no application ${name}; there are ${system.applications.join(", ")}`);
  };
  return {
    node: { value: node, doc: "This node: name, version, pid, uptimeMs." },
    app: { value: app, doc: 'The API of an application that runs here: app("kv").' },
    env: {
      value: {
        get: (application: string, key: string) => system.getEnv(application, key),
        put: (application: string, key: string, value: unknown) =>
          system.putEnv(application, key, value),
      },
      doc: 'Reads and changes the environment of an application:\n  env.get("kv", "routingTable")\n  env.put("logger", "level", "debug")',
    },
    status: {
      value: () => system.status(),
      doc: "How the applications are, as the command status has it.",
    },
    load: {
      value: (specifier: string): Promise<unknown> => import(specifier),
      doc: 'Loads a module, in the place of import(): const fs = await load("node:fs").',
    },
  };
}

function entriesOf(application: AnyApplication, { system }: ShellPlace): ShellEntries {
  if (application.shell === undefined) return {};
  let api: unknown;
  try {
    api = system.api(application);
  } catch {
    // It does not run.
    return {};
  }
  return application.shell(api);
}
