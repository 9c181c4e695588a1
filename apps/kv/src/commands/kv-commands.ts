import type { CommandDeclaration } from "@kv/application";
import type { NodeKv } from "../kv.ts";
import { backupCommand } from "./backup.ts";
import { bucketsCommand } from "./buckets.ts";
import { checkCommand } from "./check.ts";
import {
  clusterAddNodeCommand,
  clusterFailoverCommand,
  clusterFixCommand,
  clusterRebalanceCommand,
  clusterRemoveNodeCommand,
} from "./cluster/changes.ts";
import { clusterStatusCommand } from "./cluster/status.ts";
import { compactCommand } from "./compact.ts";
import { dropCommand } from "./drop.ts";
import { fenceOffCommand, fenceOnCommand, fenceStatusCommand } from "./fence/fence.ts";
import { getCommand } from "./get.ts";
import { keysCommand } from "./keys.ts";
import { putCommand } from "./put.ts";
import { routingApplyCommand } from "./routing/apply.ts";
import { routingPlanCommand } from "./routing/plan.ts";
import { routingForgetCommand } from "./routing/forget.ts";
import { routingStatusCommand } from "./routing/status.ts";
import { salvageCommand } from "./salvage.ts";
import { checksumCommand } from "./transfer/checksum.ts";
import { exportCommand } from "./transfer/export.ts";
import { importCommand } from "./transfer/import.ts";

/** What an operator can do with a store. */
export const kvCommands: readonly CommandDeclaration<NodeKv>[] = [
  bucketsCommand,
  keysCommand,
  getCommand,
  putCommand,
  dropCommand,
  exportCommand,
  importCommand,
  checksumCommand,
  fenceOnCommand,
  fenceOffCommand,
  fenceStatusCommand,
  compactCommand,
  backupCommand,
  checkCommand,
  salvageCommand,
  routingPlanCommand,
  routingApplyCommand,
  routingForgetCommand,
  routingStatusCommand,
  clusterStatusCommand,
  clusterAddNodeCommand,
  clusterRebalanceCommand,
  clusterRemoveNodeCommand,
  clusterFailoverCommand,
  clusterFixCommand,
];
