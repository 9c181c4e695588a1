import type { StatusSection } from "../../system/live-system.ts";
import type { NodeCommand } from "../declaration/command.ts";
import { formatSections } from "./format-section.ts";

/** What `status` answers: the node itself, then what each application says about itself. */
export interface NodeStatus {
  readonly node: string;
  readonly version: string;
  readonly pid: number;
  readonly uptimeMs: number;
  readonly applications: Readonly<Record<string, StatusSection>>;
}

/** `status`: how the node is. */
export const statusCommand: NodeCommand<undefined, NodeStatus, never> = {
  name: "status",
  summary: "How the node is: version, uptime, keys, bytes, connections, last errors",
  where: "node",
  run: ({ node, system }) => {
    const { name, version, pid, uptimeMs } = node;
    return { node: name, version, pid, uptimeMs, applications: system.status() };
  },
  format: ({ applications, ...node }) =>
    formatSections([
      // A process id is a name, not a quantity.
      ["", { ...node, pid: String(node.pid) }],
      ...Object.entries(applications),
    ]),
};
