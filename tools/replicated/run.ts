/** `npm run replicated`: a cluster of real servers on this machine with two KV nodes in front of it, to try and to break. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { watchDeath } from "../../test/harness/death-watch.ts";
import { NodeProcess } from "../../test/harness/node-process.ts";
import { findServer, INSTALL_LINE, type ServerProgram } from "./server-program.ts";
import { describeTour, type Tour } from "./tour-text.ts";
import { makeTemporaryDirectory } from "../../test/harness/temporary-directory.ts";
import { type LocalCluster, startCluster } from "./start-cluster.ts";

const USAGE = `Usage: npm run replicated [-- OPTIONS]

Starts three primaries with two replicas each, and two KV nodes in front of them; says what runs where and how to
break it; and stops all of it on ctrl-C. The data goes, too.

  --ports N,N  the KV nodes' ports (4040,4050; 0 is any free one); the next one of each is for RESP
  --valkey     valkey-server, where redis-server is installed, too
  --help       this text
`;

const PRIMARIES = 3;
const REPLICAS = 2;
const NAMES = ["east", "west"] as const;

/** As sysexits.h has it: something that is needed is not there. */
const UNAVAILABLE = 69;
const MISUSE = 64;

const wanted = parse();
if (wanted !== undefined) await run(wanted);

interface Wanted {
  readonly program: ServerProgram;
  readonly ports: readonly number[];
}

async function run({ program, ports }: Wanted): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  console.log(
    `Starting ${PRIMARIES * (1 + REPLICAS)} servers (${program.name} ${program.version}) ...`,
  );
  using _ = watchDeath();
  await using directory = await makeTemporaryDirectory();
  await using cluster = await startCluster({
    primaries: PRIMARIES,
    replicas: REPLICAS,
    folder: directory.path,
    program,
  });
  const some = cluster.addresses.slice(0, PRIMARIES).join(",");
  await using nodes = new AsyncDisposableStack();
  const doors: Tour["nodes"][number][] = [];
  for (const [index, name] of NAMES.entries()) {
    const port = ports[index] ?? 0;
    const node = nodes.use(
      await NodeProcess.start({
        dataDirectory: join(directory.path, name),
        env: {
          KV_REDIS_CLUSTER: some,
          PORT: String(port),
          RESP_PORT: String(port === 0 ? 0 : port + 1),
          // As with npm start, so that npm run kv finds them.
          KV_ENV: "dev",
          XDG_RUNTIME_DIR: process.env["XDG_RUNTIME_DIR"],
          RELEASE_COOKIE: process.env["RELEASE_COOKIE"],
        },
        words: ["--name", name],
      }),
    );
    doors.push({ name, pid: node.pid, port: node.port, respPort: await node.acceptingResp() });
  }
  const servers = cluster.servers.map(({ address, pid, folder }, index) => ({
    address,
    pid,
    folder,
    copyOf: index < PRIMARIES ? undefined : Math.floor((index - PRIMARIES) / REPLICAS),
  }));
  console.log(describeTour({ program: program.name, nodes: doors, servers }));
  await stopped;
  console.log("Stopping ...");
  await stopReturned(cluster);
}

/** Servers that somebody else started again are not our children, and are to end, too. */
async function stopReturned({ servers }: LocalCluster): Promise<void> {
  for (const server of servers.filter(({ isRunning }) => !isRunning)) {
    // Most are not there; one that is ends without an answer.
    await server.ask(["SHUTDOWN", "NOSAVE"]).catch(() => undefined);
  }
}

function parse(): Wanted | undefined {
  try {
    const { values } = parseArgs({
      options: {
        ports: { type: "string", default: "4040,4050" },
        valkey: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return undefined;
    }
    const ports = values.ports.split(",").map(Number);
    if (ports.length !== NAMES.length || ports.some((port) => !Number.isInteger(port))) {
      throw new TypeError(`--ports: expected two ports, got "${values.ports}"`);
    }
    const program = findServer(values.valkey ? ["valkey-server"] : undefined);
    if (program !== undefined) return { program, ports };
    process.stderr.write(
      `Cannot start a cluster: there is neither redis-server nor valkey-server here; ${INSTALL_LINE} brings one\n`,
    );
    process.exitCode = UNAVAILABLE;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exitCode = MISUSE;
  }
  return undefined;
}
