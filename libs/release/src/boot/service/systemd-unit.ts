/** What a unit is made of. */
export interface UnitFacts {
  /** Of the release. */
  readonly name: string;
  readonly version: string;
  /** What the node is called, which is the unit's name too. */
  readonly node: string;
  /** The release's folder, absolute. */
  readonly root: string;
  /** For what lasts as long as the node: its pid; absolute. */
  readonly temporary: string;
  /** Who the node runs as. */
  readonly user: string;
  /** How long it may take to stop, in milliseconds. */
  readonly stopMs: number;
}

/** A node whose event loop has not turned for so long is killed, in seconds: as heart has it. */
const WATCHDOG_S = 60;

/** A store may have much to read before it serves, in seconds. */
const START_S = 600;

const HARDENING = `# Nothing else is any of its business. /tmp is not private: a socket there is for operators.
NoNewPrivileges=yes
CapabilityBoundingSet=
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
LockPersonality=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
`;

/** The name of the unit's file. */
export function unitFile(node: string): string {
  return `${serviceName(node)}.service`;
}

/** What systemd may call it: also a folder below /var/lib. */
function serviceName(node: string): string {
  return node.replaceAll("@", "-");
}

/**
 * A systemd unit that runs the node as a service: told by the node when it serves, and now and then that it lives. Read by systemd
 * from version 240 on. Sources: systemd.service(5), systemd.exec(5), systemd.unit(5).
 */
export function systemdUnit(facts: UnitFacts): string {
  const { name, version, node, root, temporary, user, stopMs } = facts;
  // Only in a command line a dollar has a meaning.
  const script = quoted(`${root}/bin/${name}`).replaceAll("$", "$$$$");
  return `# Made by bin/${name} install for ${name} ${version}. Changes belong into a drop-in: systemctl edit ${serviceName(node)}

[Unit]
Description=${plain(`${node}, a node of the release ${name}`)}
After=network-online.target
Wants=network-online.target
# Who fails again and again is left alone in the end.
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
# The node says when it serves, and that it lives; by systemd-notify, which is a process of its own.
Type=notify
NotifyAccess=all
ExecStart=${script} start
ExecReload=/bin/kill -HUP $MAINPID
User=${plain(user)}
WorkingDirectory=${plain(root)}
Environment=${quoted(`RELEASE_NODE=${node}`)} ${quoted(`RELEASE_TMP=${temporary}`)}
TimeoutStartSec=${START_S}

# One that dies or hangs is started again; not one that was stopped, nor one whose configuration is wrong.
Restart=on-failure
RestartSec=1
RestartPreventExitStatus=78
WatchdogSec=${WATCHDOG_S}
WatchdogSignal=SIGKILL

# It stops in order, and has time for that.
KillMode=mixed
KillSignal=SIGTERM
TimeoutStopSec=${Math.ceil(stopMs / 1000)}

# What it stores is in /var/lib/${serviceName(node)}, which it finds in STATE_DIRECTORY. It may write nothing else but its pid, and in /tmp the socket
# by which operators reach it.
StateDirectory=${serviceName(node)}
StateDirectoryMode=0700
ReadWritePaths=${quoted(temporary)} /tmp
ProtectSystem=strict
ProtectHome=${isHome(root) ? "read-only" : "yes"}
UMask=0077

# Ten thousand connections, and files beside them.
LimitNOFILE=65536

${HARDENING}
[Install]
WantedBy=multi-user.target
`;
}

/** One word of a unit's line, with nothing in it that systemd gives a meaning of its own. */
function quoted(word: string): string {
  const escaped = plain(word).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return /^[\w./=@+-]+$/u.test(word) ? word : `"${escaped}"`;
}

/** A line's whole rest. */
function plain(text: string): string {
  return text.replaceAll("%", "%%");
}

/** ProtectHome hides these. */
function isHome(root: string): boolean {
  return /^\/(?:home|root|run\/user)(?:\/|$)/u.test(root);
}
