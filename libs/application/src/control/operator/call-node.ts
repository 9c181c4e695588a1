import { createConnection } from "node:net";
import { ApplicationError, isApplicationError } from "../../errors.ts";
import { type Time, within } from "../../time.ts";
import type { OptionValue } from "../declaration/invocation.ts";
import { FrameLink } from "../protocol/frame-link.ts";
import { frameBytes, handshakeMs, strangerFrameBytes } from "../protocol/limits.ts";
import {
  type NodeMessage,
  type OperatorMessage,
  parseNodeMessage,
  protocolVersion,
  type RefusalReason,
} from "../protocol/message.ts";
import { createNonce, isSameProof, prove } from "../protocol/proof.ts";
import { hasCode, systemReason } from "../socket-place.ts";

/** A node on this machine, as an operator reaches it. */
export interface NodeTarget {
  readonly node: string;
  /** Of its control socket. */
  readonly path: string;
  /** Asked once the node has answered: `undefined` when the operator has none. */
  readonly cookie: () => Promise<string | undefined>;
  readonly time: Time;
}

/** One run of a command's node part. What comes from the node is handed over in order, one after the other. */
export interface CallRequest {
  readonly command: string;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly parameters?: unknown;
  readonly input?: AsyncIterable<Uint8Array> | undefined;
  readonly onItems: (items: readonly unknown[]) => Promise<void>;
  readonly onBytes: (bytes: Uint8Array) => Promise<void> | void;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs a command in a live node; answers with its result. Throws `CONTROL_NO_NODE`, `CONTROL_WRONG_COOKIE`,
 * `CONTROL_REFUSED`, `CONTROL_PROTOCOL`, `CONTROL_LOST`, what the node told as `COMMAND_REMOTE` or `COMMAND_USAGE`, what
 * the handlers and the input throw, and the reason of `signal`.
 */
export async function callNode(target: NodeTarget, request: CallRequest): Promise<unknown> {
  request.signal.throwIfAborted();
  const link = await dial(target);
  const giveUp = (): void => link.destroy();
  request.signal.addEventListener("abort", giveUp, { once: true });
  try {
    const greeted = await within(greet(link, target), handshakeMs, target.time);
    if (greeted === "late") throw refused(target, `it did not answer in ${handshakeMs} ms`);
    const { command, words, options, parameters } = request;
    await say(link, { type: "run", command, words: [...words], options, parameters });
    return await listen(link, target, request);
  } catch (error) {
    request.signal.throwIfAborted();
    if (!isApplicationError(error, "CONTROL_GONE")) throw error;
    throw lost(target, request);
  } finally {
    request.signal.removeEventListener("abort", giveUp);
    link.destroy();
  }
}

async function dial({ node, path }: NodeTarget): Promise<FrameLink> {
  const socket = createConnection(path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", resolve).once("error", reject);
  try {
    await promise;
    return new FrameLink(socket, strangerFrameBytes);
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ECONNREFUSED", "ENOTSOCK")) {
      if (!(error instanceof Error)) throw error;
      throw new ApplicationError("CONTROL_REFUSED", { node, reason: systemReason(error) });
    }
    throw new ApplicationError("CONTROL_NO_NODE", { node, path });
  }
}

/** Both ends prove themselves. */
async function greet(link: FrameLink, target: NodeTarget): Promise<void> {
  const hello = await hear(link, target);
  if (hello.type === "refused") throw refused(target, refusals[hello.why]);
  if (hello.type !== "hello") throw nonsense(hello);
  if (hello.protocol !== protocolVersion) throw refused(target, refusals.protocol);
  if (hello.node !== target.node) throw refused(target, `"${hello.node}" answers in its place`);
  const cookie = await target.cookie();
  if (cookie === undefined) throw wrongCookie(target);
  const nonce = createNonce();
  const challenge = { node: target.node, nodeNonce: hello.nonce, operatorNonce: nonce };
  const proof = prove(cookie, "operator", challenge);
  await say(link, { type: "proof", protocol: protocolVersion, nonce, proof });
  const answer = await hear(link, target);
  if (answer.type === "refused" && answer.why === "cookie") throw wrongCookie(target);
  if (answer.type === "refused") throw refused(target, refusals[answer.why]);
  if (answer.type !== "welcome") throw nonsense(answer);
  if (!isSameProof(answer.proof, prove(cookie, "node", challenge))) throw wrongCookie(target);
  link.raiseLimit(frameBytes);
}

const refusals: Readonly<Record<RefusalReason, string>> = {
  cookie: "its cookie is another one",
  protocol: "it is of another version; use the program that it was started with",
  busy: "too many operators are connected to it",
  stopping: "it is stopping",
  late: "it waited too long for an answer",
};

/** Hands over what the node sends until it has done; meanwhile the input goes to it. */
async function listen(link: FrameLink, target: NodeTarget, request: CallRequest): Promise<unknown> {
  const pump = startPump(link, request.input);
  for (;;) {
    const frame = await link.receive();
    pump.throwIfFailed();
    if (frame === undefined) throw lost(target, request);
    if (frame.type === "bytes") {
      await request.onBytes(frame.bytes);
      continue;
    }
    const message = parse(frame.message);
    switch (message.type) {
      case "items":
        await request.onItems(message.items);
        break;
      case "progress":
        request.onProgress(message.text);
        break;
      case "result":
        return message.result;
      case "failure":
        throw told(message, request);
      case "hello":
      case "welcome":
      case "refused":
        throw nonsense(message);
      default:
        return message satisfies never;
    }
  }
}

interface Pump {
  /** Throws what reading the input threw. */
  throwIfFailed(): void;
}

/** Sends the input, and the end of it; an input that fails ends the connection. */
function startPump(link: FrameLink, input: AsyncIterable<Uint8Array> | undefined): Pump {
  let failure: { readonly error: unknown } | undefined;
  const pump = async (): Promise<void> => {
    for await (const bytes of input ?? []) await link.sendBytes(bytes);
    await link.send({ type: "end" });
  };
  void pump().catch((error: unknown) => {
    // The node has gone, or has said all it has to say.
    if (isApplicationError(error, "CONTROL_GONE")) return;
    failure = { error };
    link.destroy();
  });
  return {
    throwIfFailed() {
      if (failure !== undefined) throw failure.error;
    },
  };
}

function say(link: FrameLink, message: OperatorMessage): Promise<void> {
  return link.send(message);
}

async function hear(link: FrameLink, target: NodeTarget): Promise<NodeMessage> {
  const frame = await link.receive();
  if (frame === undefined) throw refused(target, "it closed the connection");
  if (frame.type === "message") return parse(frame.message);
  throw new ApplicationError("CONTROL_PROTOCOL", { reason: "the node sent bytes unasked" });
}

function parse(message: unknown): NodeMessage {
  const parsed = parseNodeMessage(message);
  if (parsed !== undefined) return parsed;
  throw new ApplicationError("CONTROL_PROTOCOL", { reason: "the node sent no message we know" });
}

function nonsense({ type }: NodeMessage): ApplicationError {
  return new ApplicationError("CONTROL_PROTOCOL", { reason: `the node sent "${type}" unasked` });
}

function refused({ node }: NodeTarget, reason: string): ApplicationError {
  return new ApplicationError("CONTROL_REFUSED", { node, reason });
}

function wrongCookie({ node }: NodeTarget): ApplicationError {
  return new ApplicationError("CONTROL_WRONG_COOKIE", { node });
}

function lost({ node }: NodeTarget, { command }: CallRequest): ApplicationError {
  return new ApplicationError("CONTROL_LOST", { node, command });
}

function told(
  { kind, message }: Extract<NodeMessage, { type: "failure" }>,
  { command }: CallRequest,
): ApplicationError {
  if (kind !== "usage") return new ApplicationError("COMMAND_REMOTE", { message });
  return new ApplicationError("COMMAND_USAGE", { command, reason: message });
}
