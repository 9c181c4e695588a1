import type { Scheduler } from "../network/scheduler.ts";
import { type NameKind, nameKindOf, type NodeName } from "../node-name.ts";
import type { Hello, RefusalCode, Role } from "./handshake-message.ts";
import {
  encodeMessage,
  encodeRefusal,
  instanceBytes,
  messageType,
  nonceBytes,
} from "./handshake-message.ts";

/** Bytes that nobody can foresee. */
export type RandomBytes = (count: number) => Uint8Array;

/** What a node says of itself in each of its handshakes. */
export interface Identity {
  readonly self: NodeName;
  readonly kind: NameKind;
  /** Drawn when the process joined: no two processes have the same. */
  readonly instance: Uint8Array;
  readonly cookie: string;
  readonly randomBytes: RandomBytes;
  readonly scheduler: Scheduler;
  readonly timeoutMs: number;
}

/** Draws an instance for `self`. */
export function makeIdentity(options: Omit<Identity, "kind" | "instance">): Identity {
  const instance = options.randomBytes(instanceBytes);
  return { ...options, kind: nameKindOf(options.self), instance };
}

/** A hello with a fresh nonce. */
export function helloOf(identity: Identity, role: Role, meant: NodeName): Hello {
  const { self: name, kind, instance } = identity;
  return { role, kind, instance, nonce: identity.randomBytes(nonceBytes), name, meant };
}

/** The message that turns the other end away. */
export function refusalOf({ self: name, kind }: Identity, code: RefusalCode): Uint8Array {
  return encodeMessage(messageType.refusal, encodeRefusal({ code, kind, name }));
}

/** An instance as text, to be compared. */
export function instanceText(instance: Uint8Array): string {
  return Buffer.from(instance).toString("hex");
}
