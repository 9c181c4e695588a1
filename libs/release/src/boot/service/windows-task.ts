import type { UnitFacts } from "./systemd-unit.ts";

/**
 * A task of Windows' scheduler that runs the node from the start of the machine on, as the user LOCAL SERVICE, and starts it again
 * when it fails. A service in the narrow sense is a program that talks to the service manager, which Node does not. Source: the Task
 * Scheduler schema of Microsoft. Written, and never run by us.
 */
export function windowsTask({
  name,
  node,
  root,
}: Pick<UnitFacts, "name" | "node" | "root">): string {
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>${text(`${node}, a node of the release ${name}`)}</Description></RegistrationInfo>
  <Triggers><BootTrigger><Enabled>true</Enabled></BootTrigger></Triggers>
  <Principals>
    <Principal id="Node"><UserId>S-1-5-19</UserId><RunLevel>LeastPrivilege</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Node">
    <Exec>
      <Command>${text(`${root}\\bin\\${name}.bat`)}</Command>
      <Arguments>start</Arguments>
      <WorkingDirectory>${text(root)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
}

function text(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
