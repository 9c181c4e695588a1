import { ApplicationError, isApplicationError } from "../../errors.ts";
import { failureReason, isOperatingFailure } from "../../operating-failure.ts";
import type { Time } from "../../time.ts";
import { within } from "../../time.ts";
import type { FrameLink } from "../protocol/frame-link.ts";
import { frameBytes, handshakeMs } from "../protocol/limits.ts";
import {
  type NodeMessage,
  parseOperatorMessage,
  protocolVersion,
  type RefusalReason,
} from "../protocol/message.ts";
import { createNonce, isSameProof, prove } from "../protocol/proof.ts";
import {
  type CallSurroundings,
  type OfferedCommand,
  runCall,
  type RunMessage,
} from "./control-call.ts";
import type { ControlLog } from "./control-log.ts";

/** What every session of a node shares. */
export interface SessionTerms extends Omit<CallSurroundings, "signal"> {
  readonly cookie: string;
  readonly commands: ReadonlyMap<string, OfferedCommand>;
  /** Aborted when the node stops. */
  readonly stopping: AbortSignal;
  readonly time: Time;
  readonly log: ControlLog;
}

/**
 * One operator's connection: he proves himself, asks for one command, and is told what came of it. Resolves when the
 * connection is closed. Whatever he sends, and however the command fails, it does not reject.
 */
export async function serveSession(link: FrameLink, terms: SessionTerms): Promise<void> {
  try {
    const request = await within(welcome(link, terms), handshakeMs, terms.time);
    if (request === "late") await refuse(link, "late");
    else if (request !== undefined) await run(link, request, terms);
  } catch (error) {
    // Whoever breaks the protocol, or goes away, is let go; what else there is, is a bug of ours.
    if (!isApplicationError(error, "CONTROL_GONE")) terms.log.connectionFailed(error);
  }
  await link.finish(terms.time);
}

/** Tells the operator that he is not served. */
export async function refuse(link: FrameLink, why: RefusalReason): Promise<void> {
  if (!link.gone.aborted) await say(link, { type: "refused", why });
}

function say(link: FrameLink, message: NodeMessage): Promise<void> {
  return link.send(message);
}

/** The handshake, and what the operator wants; `undefined` when he has been refused, or has left. */
async function welcome(link: FrameLink, terms: SessionTerms): Promise<RunMessage | undefined> {
  const { cookie } = terms;
  const node = terms.node.name;
  const nodeNonce = createNonce();
  await say(link, { type: "hello", protocol: protocolVersion, node, nonce: nodeNonce });
  const answer = await hear(link, "proof");
  if (answer === undefined) return undefined;
  if (answer.protocol !== protocolVersion) {
    await refuse(link, "protocol");
    return undefined;
  }
  const challenge = { node, nodeNonce, operatorNonce: answer.nonce };
  if (!isSameProof(answer.proof, prove(cookie, "operator", challenge))) {
    terms.log.wrongCookie();
    await refuse(link, "cookie");
    return undefined;
  }
  link.raiseLimit(frameBytes);
  await say(link, { type: "welcome", proof: prove(cookie, "node", challenge) });
  return await hear(link, "run");
}

type Heard = NonNullable<ReturnType<typeof parseOperatorMessage>>;

async function hear<Type extends Heard["type"]>(
  link: FrameLink,
  type: Type,
): Promise<Extract<Heard, { type: Type }> | undefined> {
  const frame = await link.receive();
  if (frame === undefined) return undefined;
  const message = frame.type === "message" ? parseOperatorMessage(frame.message) : undefined;
  if (message?.type !== type) {
    throw new ApplicationError("CONTROL_PROTOCOL", { reason: `expected a message "${type}"` });
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript does not narrow by a type parameter
  return message as Extract<Heard, { type: Type }>;
}

async function run(link: FrameLink, request: RunMessage, terms: SessionTerms): Promise<void> {
  const { commands, stopping, time, log } = terms;
  const startedMs = time.nowMs();
  const signal = AbortSignal.any([link.gone, stopping]);
  try {
    const offered = commands.get(request.command);
    if (offered === undefined) throw unknownCommand(request.command, [...commands.keys()]);
    const surroundings = { system: terms.system, node: terms.node, signal, link };
    const result = await runCall(offered, request, surroundings);
    log.commandRan(offered.command, time.nowMs() - startedMs);
    await say(link, { type: "result", result });
  } catch (error) {
    if (link.gone.aborted) log.commandAbandoned(request.command, error);
    else await say(link, describeFailure(error, request, terms));
  }
}

function unknownCommand(command: string, known: readonly string[]): ApplicationError {
  const reason = `the node has no such command; it has ${known.join(", ")}`;
  return new ApplicationError("COMMAND_USAGE", { command, reason });
}

/** What the operator is told; a bug is for the node's log, and he is told where to look. */
function describeFailure(
  error: unknown,
  { command }: RunMessage,
  { node, stopping, log }: SessionTerms,
): NodeMessage {
  if (stopping.aborted) {
    const message = `Cannot finish "${command}": node "${node.name}" is stopping`;
    return { type: "failure", kind: "operating", message };
  }
  const reason = failureReason(error);
  if (isApplicationError(error, "COMMAND_USAGE")) {
    return { type: "failure", kind: "usage", message: error.details.reason };
  }
  if (isOperatingFailure(error)) {
    log.commandFailed(command, error);
    return { type: "failure", kind: "operating", message: reason };
  }
  log.commandCrashed(command, error);
  const message = `Cannot run "${command}": it has a bug: ${reason}; the log of node "${node.name}" tells more`;
  return { type: "failure", kind: "bug", message };
}
